#!/usr/bin/env python3
"""Tests of what runs the blocks of the documentation: a block that fails, says the wrong thing or never ends is told with its place.

    python3 tools/docs/tests.py
"""

import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402
from blocks import Malformed, looks, steps, unmarked  # noqa: E402
from shell import Failed, Shell  # noqa: E402


class Blocks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.page = pathlib.Path("page.md")

    def found(self, text):
        (self.root / self.page).write_text(text)
        return steps(self.root, self.page)

    def test_a_marked_block_is_found_with_its_place_and_options(self):
        (step,) = self.found('# A\n\n<!-- run: group=a expect="two words" -->\n```sh\necho two words\n```\n')
        self.assertEqual((step.kind, step.group, step.code, str(step)), ("run", "a", "echo two words\n", "page.md:4"))
        self.assertEqual(step.options["expect"], "two words")

    def test_blocks_without_a_mark_and_marks_within_blocks_are_text(self):
        self.assertEqual(self.found("```sh\nfalse\n```\n\n```md\n<!-- run: group=a -->\n```\n"), [])

    def test_a_mark_that_can_not_be_understood_is_an_error(self):
        for text in (
            "<!-- run: group=a -->\n\nno block",
            "<!-- run: group=a -->\n```js\n1\n```\n",
            "<!-- run: expect=x -->\n```sh\ntrue\n```\n",
            "<!-- run: group=a unknown=b -->\n```sh\ntrue\n```\n",
            "<!-- run: group=a background -->\n```sh\ntrue &\n```\n",
            "<!-- run: group=a -->\n```sh\ntrue\n",
        ):
            with self.subTest(text), self.assertRaises(Malformed):
                self.found(text)

    def test_of_a_console_the_commands_are_taken(self):
        (self.root / self.page).write_text("## Look\n\n```console\n$ mtchat lag\nshard 0\n```\n")
        self.assertEqual(unmarked(self.root, self.page, "## Look", "a").code, "mtchat lag\n")
        with self.assertRaises(Malformed):
            unmarked(self.root, self.page, "## Gone", "a")

    def test_of_the_commands_of_operators_those_that_look_are_taken(self):
        (self.root / self.page).write_text("```console\n$ mtchat lag | grep x\nshard\n$ mtchat lagging\n$ mtchat replay\n```\n\n```sh\n$ mtchat lag\n```\n")
        (step,) = looks(self.root, self.page, "a", ("lag",))
        self.assertEqual((step.code, str(step)), ("mtchat lag | grep x\n", "page.md:2"))

    def test_the_documents_that_are_there_can_be_understood(self):
        groups = {step.group for step in run.everything()}
        self.assertLessEqual({"quick-start", "readme", "operations", "webhooks"}, groups)


class InAShell(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)
        self.shell = Shell(self.place, dict(os.environ))
        self.addCleanup(self.shell.end)

    def run_block(self, code, seconds=20):
        return self.shell.run(code, self.place / "block.sh", seconds)

    def test_blocks_share_what_they_set(self):
        self.run_block("NAME=Bob\n")
        self.assertIn("Hello, Bob", self.run_block('echo "Hello, $NAME"\n'))

    def test_a_command_that_fails_fails_the_block(self):
        with self.assertRaisesRegex(Failed, "exit code 3"):
            self.run_block("(exit 3)\necho behind it\n")

    def test_so_does_one_in_a_pipe(self):
        with self.assertRaises(Failed):
            self.run_block("false | cat\n")

    def test_colours_do_not_come_between_what_is_looked_for(self):
        # As Vite does it where it believes that somebody likes colours, on a build server for example.
        begin = len(self.shell.said)
        said = self.run_block(r"printf 'http://127.0.0.1:\x1b[1m5173\x1b[22m/ \x1b]8;;about\x07here\x1b]8;;\x07\n'" + "\n")
        self.shell.wait_for("http://127.0.0.1:5173/ here", begin, 20, "it was not seen")
        self.assertNotIn("\x1b", said)

    def test_a_block_that_does_not_end_fails(self):
        with self.assertRaisesRegex(Failed, "it did not end"):
            self.run_block("tail -f /dev/null\n", seconds=0.3)

    def test_what_runs_in_the_background_is_waited_for_and_ended(self):
        begin = len(self.shell.said)
        self.run_block("(read -t 0.2 < <(exec tail -f /dev/null) || echo ready; exec tail -f /dev/null) &\n")
        self.shell.wait_for("ready", begin, 20, "it is not ready")
        with self.assertRaisesRegex(Failed, "never said"):
            self.shell.wait_for("something else", begin, 0.2, "it was never said")
        self.assertFalse(self.shell.ended)
        self.shell.end()
        # Nobody is there any more who could print something.
        with self.shell.news:
            self.assertTrue(self.shell.news.wait_for(lambda: self.shell.ended, 10))


if __name__ == "__main__":
    unittest.main()
