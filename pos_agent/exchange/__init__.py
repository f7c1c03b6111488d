"""Exchange files: tables of customers, cards, points and goods as CSV and XLSX, in and out."""
