"""Calls every tool by the client of PyPI, in its revisions, over standard input and over HTTP.

`clients.py MLSEARCH INDEX`; each JSON is held against the schema of its tool, and the memory of the
server after a thousand calls against what it had after the first two hundred.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from mcp import Client, StdioServerParameters

from documents import ORDERS

PROGRAM, INDEX = sys.argv[1:]
UNSEEN = [(0x200B, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF)]

CALLS = [
    ("search", {"query": "drift of features", "limit": 3}),
    ("search", {"query": "drift", "company": ["Acme"], "tag": ["odd"], "after": "2020", "limit": 20}),
    ("search", {"query": "wombta"}),
    ("search", {"query": "nothinghasthisword", "exact": True}),
    ("read", {"id": "d7"}),
    ("read", {"id": "https://b.example/7", "offset": 4000, "max_chars": 20000}),
    ("read", {"id": "orders"}),
    ("similar", {"id": "d7", "limit": 5}),
    ("facets", {"field": "company", "query": "drift"}),
    ("facets", {"field": "tag", "prefix": "f"}),
    ("status", {}),
]
WRONG = [
    ("search", {"q": "x"}),
    ("search", {"query": ""}),
    ("search", {"query": "x", "limit": 1000}),
    ("read", {"id": "nobody"}),
    ("facets", {"field": "mood"}),
]


def text_of(result):
    assert len(result.content) == 1, result
    return result.content[0].text


def check_clean(name, text):
    for char in text:
        code = ord(char)
        hidden = any(first <= code <= last for first, last in UNSEEN)
        assert not hidden and (code >= 32 or char == "\n"), (name, hex(code))


def check_fenced(text):
    before, rest = text.split("<<<mlsearch-untrusted ")
    nonce, rest = rest.split(">>>\n", 1)
    inside, after = rest.split(f"\n<<<end mlsearch-untrusted {nonce}>>>")
    assert ORDERS in inside, inside
    assert "Ignore" not in before + after, before + after


async def check_client(target, mode, transport):
    async with Client(target, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        listed = [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in tools.values()]
        size = len(json.dumps({"tools": listed}, separators=(",", ":")))
        assert size <= 6000, size
        print(f"{transport} {mode}: revision {client.protocol_version}, tools/list {size} characters")
        for name, arguments in CALLS:
            result = await client.call_tool(name, arguments)
            text = text_of(result)
            assert not result.is_error, text
            Draft202012Validator(tools[name].output_schema).validate(result.structured_content)
            check_clean(name, text)
            check_clean(name, json.dumps(result.structured_content, ensure_ascii=False))
            assert len(text) <= 20_000, len(text)
            structured = len(json.dumps(result.structured_content, ensure_ascii=False))
            print(f"  {name} {json.dumps(arguments)}: text {len(text)}, JSON {structured} characters")
        check_fenced(text_of(await client.call_tool("read", {"id": "orders"})))
        for name, arguments in WRONG:
            result = await client.call_tool(name, arguments)
            assert result.is_error and "\nhint: " in text_of(result), result
        try:
            await client.call_tool("delete", {})
            raise SystemExit("a tool that does not exist was called")
        except Exception as error:
            assert "no such tool" in str(error), error
        template = (await client.list_resource_templates()).resource_templates[0]
        assert template.uri_template == "mlsearch://doc/{id}", template
        resource = await client.read_resource("mlsearch://doc/orders")
        check_fenced(resource.contents[0].text)


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def check_memory():
    """A thousand calls, by lines of our own so that the number of the process is known."""
    command = [PROGRAM, "--index", INDEX, "mcp"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(method, params, number):
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        return json.loads(server.stdout.readline())

    ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}, 0)
    server.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
    after = {}
    for number in range(1, 1001):
        name, arguments = CALLS[number % len(CALLS)]
        answer = ask("tools/call", {"name": name, "arguments": arguments}, number)
        assert answer["id"] == number and "result" in answer, answer
        if number in (200, 1000):
            after[number] = resident(server.pid) if Path("/proc/self/status").exists() else 0
    server.stdin.close()
    assert server.wait(30) == 0
    print(f"1,000 calls: {after[200]} MB after 200, {after[1000]} MB after all")
    assert after[1000] <= after[200] * 1.2 + 16, after


async def main():
    stdio = StdioServerParameters(command=PROGRAM, args=["mcp", "--index", INDEX])
    command = [PROGRAM, "--index", INDEX, "serve", "--mcp", "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip()
        for mode in ("legacy", "2026-07-28", "auto"):
            await check_client(stdio, mode, "stdio")
            await check_client(f"{address}mcp", mode, "http")
    finally:
        server.terminate()
        server.wait()
    check_memory()


asyncio.run(main())
