"""The web server of ATOL's driver, for till software that already speaks to it (JSON tasks, driver 10).

paths      clean paths; which generation a path belongs to
numbers    JSON with exact decimals: roubles and units in, kopecks and millionths inside
words      enumerations of the tasks and what they are in a fiscal document
faults     error numbers and their sentences
fields     members of a task, with the dotted path of what is wrong
envelope   the body of `POST requests`
goods      positions of a receipt -> lines of a basket that add up to the till's own sums
receipt    a receipt task, read and checked
tender     payments of a receipt whose total became less
paper      printable items -> a slip
buyer      whose receipt it is
offer      the price with loyalty, in time, or the list price
selling    a receipt task -> an order for the desk, and what became of it
fiscal     shift tasks and reports: a document of the storage proves that they happened
printing   tasks that only print; cash, drawer, clock
asking     status tasks
archive    documents of the storage
results    shapes of results
book       requests as they are kept: before they are answered, and for ever
blocking   the queue that stands while an outcome is not known
worker     one thread: one task after another
device     the one device that this agent drives; settings that change nothing
routes     addresses
app        all of it put together
"""
