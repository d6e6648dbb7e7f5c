rem Windows: a task for every Monday at 5.30, of the user who runs this. Not tried.
schtasks /Create /TN yhdyspinta /SC WEEKLY /D MON /ST 05:30 /TR "C:\yhdyspinta\.venv\Scripts\yhdyspinta.exe run C:\yhdyspinta\run.env"
