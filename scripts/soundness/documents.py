"""What the Markdown says is there."""

import posixpath
import re

LINK = re.compile(
    r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)"
    r"|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
FENCE = re.compile(r"^(```+|~~~+)(\w*)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
MAKE_TARGET = re.compile(r"^([a-z][\w-]*)\s*:(?!=)", re.MULTILINE)
SHELLS = {"", "sh", "bash", "shell", "console", "text"}
COMMAND_NAME = re.compile(r"commandName:\s*\"([\w-]+)\"")
COMMAND_TYPE = re.compile(r"struct\s+(\w+)\s*:[^{]*ParsableCommand")


def links(tree):
    """A link into the repository names a file that is there, and a heading that is in it."""
    for path in tree.matching(ending=[".md"]):
        text = FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence.group()), tree.text(path))
        for found in LINK.finditer(text):
            target = found.group(1) or found.group(2)
            if re.match(r"[a-z][a-z0-9+.-]*:|//", target):
                continue
            line = text.count("\n", 0, found.start()) + 1
            file, _, heading = target.partition("#")
            goal = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            if not (tree.root / goal).exists() or goal.startswith(".."):
                yield path, line, target, f"{target} is not in the repository"
            elif heading and goal.endswith(".md") and heading not in anchors(tree.text(goal)):
                yield path, line, target, f"{goal} has no heading #{heading}"


def anchors(text):
    """The anchors of a Markdown file's headings, as repository hosts make them."""
    seen, found = {}, set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", FENCE.sub("", text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        found.add(f"{anchor}-{count}" if count else anchor)
    return found


def commands(tree):
    """A `make` or `once` command that a document quotes exists."""
    targets = set(MAKE_TARGET.findall(tree.text("Makefile")))
    subcommands = once_subcommands(tree)
    for path in tree.matching(ending=[".md"]):
        if "/" in path and not path.startswith(("docs/", "Examples/")):
            continue
        for number, command in quoted(tree.text(path)):
            words = [word for word in command.split() if not re.match(r"^[A-Z_]+=", word)]
            if len(words) < 2 or words[1].startswith(("-", "<", "…", "#")):
                continue
            program = words[0].rsplit("/", 1)[-1]
            if program == "make" and words[1] not in targets:
                yield path, number, command, f"the Makefile has no target {words[1]}"
            if program == "once" and words[1].split("|")[0] not in subcommands:
                yield path, number, command, f"once has no subcommand {words[1]}"


def quoted(text):
    """(line number, command) for what stands in shell blocks and code spans."""
    for fence in FENCE.finditer(text):
        if fence.group(2) in SHELLS:
            first = text.count("\n", 0, fence.start(3)) + 1
            for offset, line in enumerate(fence.group(3).splitlines()):
                for command in re.split(r"&&|\|\||;", line.strip().removeprefix("$ ")):
                    yield first + offset, command.strip()
    prose = FENCE.sub(lambda fence: re.sub(r"[^\n]", " ", fence.group()), text)
    for span in CODE_SPAN.finditer(prose):
        yield prose.count("\n", 0, span.start()) + 1, span.group(1).strip()


def once_subcommands(tree):
    """The names of all commands below Sources/Tools: given ones, and those that come from a type's name."""
    names = {"help"}
    for path in tree.swift("Sources/Tools"):
        text = tree.text(path)
        names.update(COMMAND_NAME.findall(text))
        for name in COMMAND_TYPE.findall(text):
            name = name.removesuffix("Command")
            names.add(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    return names
