"""The data of more students than there are."""

from pathlib import Path

STUDENTS_APART = 10_000_000
STUDENT_TABLES = ("studentInfo", "studentRegistration", "studentVle", "studentAssessment")


def scaled(folder: Path, scale: int, work: Path) -> Path:
    """Return a folder with the data of ``scale`` times as many students."""
    if scale == 1:
        return folder
    import duckdb

    target = work / f"times{scale}"
    target.mkdir(exist_ok=True)
    for path in folder.glob("*.parquet"):
        rows = duckdb.read_parquet(str(path))
        if path.stem in STUDENT_TABLES:
            shifted = (
                duckdb.read_parquet(str(path)).project(
                    f"* replace (id_student + {STUDENTS_APART * copy} as id_student)"
                )
                for copy in range(1, scale)
            )
            for more in shifted:
                rows = rows.union(more)
        rows.write_parquet(str(target / path.name))
    return target
