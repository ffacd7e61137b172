"""Forms on A4 paper: what stands on one (`forms`), and how it becomes a PDF (`typesetting`)."""
