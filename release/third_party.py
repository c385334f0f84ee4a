"""Write the licences of what is in the command and in the wheel: `make third-party`.

The texts are those that the crates carry themselves. A crate without any stops the program until
its text has been looked up, by a person, and stands in texts/ with where it is from.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from graph import ARTEFACTS, ROOT, Artefact, Package, linked, locked

_NAMES = re.compile(r"(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)([._-].*)?$", re.IGNORECASE)

_TEXTS = Path(__file__).parent / "texts"
_FROM_REPOSITORY = {
    # MIT, and the crates hold no text. `LICENSE` of the repository github.com/Nugine/simd at
    # d74c030d9dc4, from which base64-simd 0.8.0 was made, and vsimd 0.8.0 shortly before.
    "base64-simd": "nugine-simd.txt",
    "vsimd": "nugine-simd.txt",
    # Zlib OR Apache-2.0 OR MIT, and the crates hold no text. `LICENSE-MIT.txt` of the repository
    # github.com/madsmtm/objc2 at ee9a7ada2131. On macOS only.
    "objc2-core-foundation": "objc2.txt",
    "objc2-system-configuration": "objc2.txt",
}

# `tests/house.rs` reads what stands under the last two.
_HEAD = """\
Software of others in {}, on every system that it is built for.
Written by `make third-party`; do not edit.

The standard library of Rust is in it as well, under MIT OR Apache-2.0."""
_PART = "Part of it:"
_NOT_PART = "In the lock file, and not part of it (builds it, tests it, or is for another system):"

_FROM_HEADER = {
    # AWS-LC's LICENSE names this text by a path that the crate leaves out; its words stand here.
    "aws-lc-sys": "aws-lc/third_party/jitterentropy/jitterentropy-library/jitterentropy.h",
}


def main() -> None:
    """Writes both files."""
    for artefact in ARTEFACTS:
        text = document(artefact, linked(artefact))
        artefact.licences.write_text(text, encoding="utf-8")
        print(f"{len(text):>9,}  {artefact.licences.relative_to(ROOT)}")


def document(artefact: Artefact, packages: list[Package]) -> str:
    """The file for `artefact`, which `packages` are linked into."""
    texts: dict[str, tuple[str, list[Package]]] = {}
    for package in packages:
        for text in _texts(package):
            key = " ".join(text.split())
            users = texts.setdefault(key, (text, []))[1]
            if package not in users:
                users.append(package)
    numbers = {key: number for number, key in enumerate(texts, 1)}
    lines = [*_HEAD.format(artefact.name).splitlines(), "", _PART, ""]
    for package in packages:
        own = [str(numbers[key]) for key, (_, users) in texts.items() if package in users]
        lines.append(f"  {package}  {package.licence}; texts {', '.join(own)}")
    parts = set(map(str, packages))
    lines += ["", _NOT_PART, ""]
    lines += [f"  {name}" for name in locked(artefact) if name not in parts]
    for key, (text, users) in texts.items():
        title = f"Text {numbers[key]}: {', '.join(map(str, users))}"
        lines += ["", "=" * 80, title, "=" * 80, "", text]
    return "\n".join(lines) + "\n"


def _texts(package: Package) -> list[str]:
    """Every licence text in the crate, those of what it brings along included."""
    found = sorted(
        path
        for path in package.folder.rglob("*")
        if path.is_file() and _NAMES.fullmatch(path.name) and path.suffix not in (".rs", ".py")
    )
    texts = [path.read_text(encoding="utf-8") for path in found]
    if package.name in _FROM_REPOSITORY:
        texts.append((_TEXTS / _FROM_REPOSITORY[package.name]).read_text(encoding="utf-8"))
    if package.name in _FROM_HEADER:
        texts.append(_first_comment(package.folder / _FROM_HEADER[package.name]))
    if not texts:
        sys.exit(f"{package} holds no licence text: look for it, and name it in {__file__}")
    return ["\n".join(map(str.rstrip, text.strip().splitlines())) for text in texts]


def _first_comment(path: Path) -> str:
    comment = path.read_text(encoding="utf-8").partition("/*")[2].partition("*/")[0]
    return re.sub(r"^ \* ?", "", comment, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
