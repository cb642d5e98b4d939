"""A mail server that sends nothing on: it leaves each mail as a file. Runs inside a test's container.

usage: sink.py PORT FOLDER
"""

import asyncio
import re
import sys
from pathlib import Path

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])

# What it answers to each word of SMTP that needs no more than an answer.
ANSWERS = {b"EHLO": "250 sink", b"HELO": "250 sink", b"MAIL": "250 ok", b"RSET": "250 ok", b"NOOP": "250 ok"}


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the mails of one client."""
    recipients: list[str] = []
    writer.write(b"220 sink ESMTP\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        answer = ANSWERS.get(word, "502 what?")
        if word == b"RCPT":
            recipients += re.findall(r"<([^>]+)>", line.decode())
            answer = "250 ok"
        elif word == b"DATA":
            writer.write(b"354 go on\r\n")
            keep(await reader.readuntil(b"\r\n.\r\n"), recipients)
            recipients = []
            answer = "250 kept"
        elif word == b"QUIT":
            answer = "221 bye"
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        if word == b"QUIT":
            break
    writer.close()


def keep(data: bytes, recipients: list[str]) -> None:
    """Write a mail into a file that is named after who it is for; whole at once."""
    mail = data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    number = len(list(FOLDER.iterdir()))
    temporary = FOLDER / ".coming"
    temporary.write_bytes(mail)
    temporary.rename(FOLDER / f"{number}-{'-'.join(recipients)}.eml")


async def main() -> None:
    """Listen on loopback, where the site's worker finds it on any kind of network."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    server = await asyncio.start_server(talk, "127.0.0.1", PORT, limit=32 * 1024 * 1024)
    await server.serve_forever()


asyncio.run(main())
