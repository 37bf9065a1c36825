"""The tree that is checked: its files, what is allowed in it by name, and how a check reports."""

import os
import pathlib

IGNORED = {".build", ".git", ".swiftpm", "node_modules", "__pycache__"}


class Tree:
    """The files of one checkout, read once."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.files = sorted(self._walk())
        self._texts = {}

    def _walk(self):
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name not in IGNORED]
            for name in set(files) - IGNORED:
                yield pathlib.Path(folder, name).relative_to(self.root).as_posix()

    def matching(self, *, under=(), ending=()):
        """Paths below one of the folders (all folders by default) with one of the endings (all by default)."""
        return [
            path for path in self.files
            if (not under or path.startswith(tuple(f"{folder}/" for folder in under)))
            and (not ending or path.endswith(tuple(ending)))
        ]

    def swift(self, *under):
        return self.matching(under=under, ending=[".swift"])

    def text(self, path):
        """The text of a file, or nothing where it is not text."""
        if path not in self._texts:
            try:
                self._texts[path] = (self.root / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError):
                self._texts[path] = ""
        return self._texts[path]


class Allowed:
    """What `allowed.txt` lets pass. One line each: check, path, a piece of the offending line, `#`, the reason."""

    def __init__(self, path):
        self.entries, self.broken, self.used = [], [], set()
        if not path.exists():
            return
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            entry, _, reason = line.partition(" # ")
            fields = entry.split(None, 2)
            if len(fields) != 3 or not reason.strip():
                self.broken.append(f"line {number} lacks a check, a path, a piece of the line, or ` # reason`")
            else:
                self.entries.append((number, *[field.strip() for field in fields]))

    def passes(self, check, path, line):
        for number, for_check, in_path, piece in self.entries:
            if for_check == check and in_path == path and piece in line:
                self.used.add(number)
                return True
        return False

    def unused(self, checks):
        return [
            f"line {number} allows nothing that is there: {check} {path} {piece}"
            for number, check, path, piece in self.entries
            if check in checks and number not in self.used
        ]
