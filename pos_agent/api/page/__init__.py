"""The cashier's page and the installer's page: one document each, put together from the files beside this one."""
