"""Writes small mutations of workflow files into a folder, for run.sh. Usage: mutate.py SEED COUNT OUT FILE…"""

import pathlib
import random
import re
import sys

WORDS = ["on", "jobs", "runs-on", "steps", "uses", "run", "with", "env", "if", "needs", "permissions", "name", "id",
         "timeout-minutes", "strategy", "matrix", "parallel", "background", "wait", "secrets", "container", "shell"]
VALUES = ["", "true", "30", "'30'", "~", "[]", "{}", "read", "write", "read-all", "${{ github.ref }}", "${{ env.X }}",
          "${{ x }}", "${{ 'a' }}", "${{", "*a", "&a b", "a: b", "[a, b]", "- a", '"', "always()", "a == b", "<<"]


def mutate(rng, text):
    lines = text.split("\n")
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(lines))
        line = lines[at]
        kind = rng.randrange(8)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, line)
        elif kind == 2:
            lines[at] = rng.choice(["  ", " ", "\t"]) + line
        elif kind == 3:
            lines[at] = line.replace("  ", "", 1)
        elif kind in (4, 5) and ":" in line:
            lines[at] = line.split(":", 1)[0] + ": " + rng.choice(VALUES)
        elif kind == 6:
            lines[at] = re.sub(r"[\w-]+(?=:)", rng.choice(WORDS), line, count=1)
        else:
            cut = rng.randrange(len(line) + 1)
            lines[at] = line[:cut] + rng.choice(["'", '"', "}}", ")", "]", ":", " #", "!", "&&", "|", ",", "{"]) + line[cut:]
        if not lines:
            break
    return "\n".join(lines)


def main():
    seed, count, out = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    rng = random.Random(seed)
    files = sorted(sys.argv[4:])
    out.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = pathlib.Path(rng.choice(files)).read_text(encoding="utf-8")
        (out / f"{number:05}.yml").write_text(mutate(rng, text), encoding="utf-8", newline="")


main()
