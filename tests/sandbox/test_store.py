"""The file: its versions, and whose it is."""

import os
import sqlite3
import subprocess
import sys

import pytest
from otlp_clients import message

from workshop.errors import WorkshopError
from workshop.sandbox.honeycomb.storage import save_export
from workshop.sandbox.honeycomb.traces import read_traces
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.store import FILE_NAME, SCHEMA_VERSION, Store, open_reader


def refused(tmp_path, match):
    with pytest.raises(WorkshopError, match=match) as caught:
        Store(tmp_path)
    with pytest.raises(WorkshopError, match=match), open_reader(tmp_path):
        pass
    return caught.value


def test_what_was_kept_is_there_when_it_is_opened_again(tmp_path):
    for trace_id in (b"a" * 16, b"b" * 16):
        store = Store(tmp_path)
        save_export(store, message("x", trace_id=trace_id))
        store.close()
    with open_reader(tmp_path) as reader:
        assert len(read_traces(reader)) == 2
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION - 1, SCHEMA_VERSION + 1, 99])
def test_a_file_of_another_version_is_left_alone(tmp_path, version):
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(f"PRAGMA user_version={version}")
    connection.close()
    told = f"another version of the sandbox \\({version}, not {SCHEMA_VERSION}\\)"
    error = refused(tmp_path, told)
    assert "mv '" in error.next_step


def test_another_programs_database_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    refused(tmp_path, "is not a database of the sandbox")
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"my diary\n" * 1000)
    refused(tmp_path, "is not a database of the sandbox")
    assert (tmp_path / FILE_NAME).read_bytes() == b"my diary\n" * 1000


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkshopError, match="cannot keep its data") as caught:
        Store(tmp_path / "file" / "below")
    assert "--data" in caught.value.next_step
    (tmp_path / "folder" / FILE_NAME).mkdir(parents=True)
    with pytest.raises(WorkshopError, match="cannot keep its data"):
        Store(tmp_path / "folder")


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    store = Store(tmp_path)
    kept = "INSERT INTO refusals VALUES (?, 0, '', '', 0, '', '', '')"
    with pytest.raises(OverflowError), store.transaction() as connection:
        connection.executemany(kept, [(1,), (2**70,)])
    with store.reader() as reader:
        assert read_refusals(reader) == []
    with store.transaction() as connection:
        connection.executemany(kept, [(1,), (2,)])
    with store.reader() as reader:
        assert len(read_refusals(reader)) == 2
    store.close()


def test_a_reader_cannot_write(tmp_path):
    Store(tmp_path).close()
    with open_reader(tmp_path) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM refusals")


def test_another_process_reads_while_the_writer_has_it_open(tmp_path):
    folder = tmp_path / "a b%20ü"
    store = Store(folder)
    save_export(store, message("seen"))
    program = (
        "import sys; from pathlib import Path\n"
        "from workshop.sandbox.honeycomb.traces import read_traces\n"
        "from workshop.sandbox.store import open_reader\n"
        "with open_reader(Path(sys.argv[1])) as reader:\n"
        "    print(read_traces(reader)[0].spans[0].name)\n"
    )
    words = [sys.executable, "-c", program, os.fspath(folder)]
    assert subprocess.check_output(words, text=True).strip() == "seen"
    store.close()
