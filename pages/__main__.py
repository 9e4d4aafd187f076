"""`python -m pages`: write all pages again. A test fails until this was done after a change."""

from __future__ import annotations

from pages.all import written

if __name__ == "__main__":
    for path, text in written().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)
