#!/usr/bin/env python3
"""Runs a page of docs/notebooks in the present folder: each block of the language, and its output is that of the text behind it.

  notebooks.py PAGE LANGUAGE COMMAND...          runs COMMAND with all blocks on stdin, a line ===== between their outputs; fails
                                                 with a difference
  notebooks.py --update PAGE LANGUAGE COMMAND... writes the outputs into the page
"""
import difflib
import re
import subprocess
import sys

SAYS = {"sql": "select '=====' as \"=====\";\n", "python": 'print("=====")\n', "r": 'cat("=====\\n")\n'}

update = sys.argv[1] == "--update"
page, language, *command = sys.argv[2 if update else 1:]
text = open(page, encoding="utf-8").read()
pattern = re.compile(rf"(```{language}\n)(.*?)(```\n\n```text\n)(.*?)(```\n)", re.S)
blocks = pattern.findall(text)
assert blocks, f"{page}: no block of {language} with its text"
asked = "".join(block[1] + SAYS[language] for block in blocks)
done = subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", check=False)
if done.returncode:
    sys.exit(done.stderr)
shown = re.split(r"^=====\n(?:=====\n)?", done.stdout, flags=re.M)[:-1]
shown = ["".join(line.rstrip() + "\n" for line in output.splitlines()) for output in shown]
assert len(shown) == len(blocks), done.stdout
answers = iter(shown)
made = pattern.sub(lambda block: block[1] + block[2] + block[3] + next(answers) + block[5], text)
if update:
    open(page, "w", encoding="utf-8").write(made)
elif made != text:
    sys.exit("\n".join(difflib.unified_diff(text.splitlines(), made.splitlines(), page, "what it prints", lineterm="")))
