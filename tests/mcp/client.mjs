// Calls the tools by the client of npm, over standard input and over HTTP: `client.mjs MLSEARCH INDEX`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const [program, index] = process.argv.slice(2);
const warnings = [];
console.warn = (...words) => warnings.push(words.join(' '));

async function check(transport, name) {
  const client = new Client({ name: 'mlsearch-tests', version: '1' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map((tool) => tool.name), ['search', 'read', 'similar', 'facets', 'status']);
  // The client holds the JSON against the schema that the server has listed.
  const found = await client.callTool({ name: 'search', arguments: { query: 'drift', limit: 2 } });
  assert.equal(found.structuredContent.hits.length, 2);
  const [hit] = found.structuredContent.hits;
  const read = await client.callTool({ name: 'read', arguments: { id: hit.id, max_chars: 500 } });
  assert.match(read.content[0].text, /<<<mlsearch-untrusted [0-9a-f]{16}>>>/);
  for (const [tool, args] of [['similar', { id: hit.id }], ['facets', { field: 'year' }], ['status', {}]]) {
    const result = await client.callTool({ name: tool, arguments: args });
    assert.ok(!result.isError && result.structuredContent, JSON.stringify(result));
  }
  const wrong = await client.callTool({ name: 'search', arguments: { q: 'x' } });
  assert.ok(wrong.isError && wrong.content[0].text.includes('unknown field `q`'), JSON.stringify(wrong));
  await client.close();
  console.log(`npm client over ${name}: ${client.getServerVersion()?.name ?? 'mlsearch'} answers`);
}

await check(new StdioClientTransport({ command: program, args: ['mcp', '--index', index] }), 'stdio');
const server = spawn(program, ['--index', index, 'serve', '--mcp', '--listen', '127.0.0.1:0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [address] = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next().then((l) => [l.value]);
  await check(new StreamableHTTPClientTransport(new URL('mcp', address)), 'http');
} finally {
  server.kill();
}
assert.deepEqual(warnings, []);
