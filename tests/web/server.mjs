// Servers of the program, on collections of their own that end with the tests.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = process.env.MLSEARCH;
const running = [];

// A folder with an index of documents of ours.
export function collection(documents) {
  const folder = mkdtempSync(join(tmpdir(), 'mlsearch-web-'));
  running.push(() => rmSync(folder, { recursive: true, force: true }));
  publish(folder, documents);
  return folder;
}

// Replaces the index of a folder.
export function publish(folder, documents) {
  const lines = documents.map(document => JSON.stringify(document)).join('\n');
  writeFileSync(join(folder, 'documents.jsonl'), lines + '\n');
  execFileSync(program, ['--index', folder, 'import', join(folder, 'documents.jsonl')], { stdio: 'pipe' });
}

// The address of a server on a folder.
export function serve(folder, ...more) {
  const child = spawn(program, ['--index', folder, 'serve', '--listen', '127.0.0.1:0', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.unshift(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.stdout.once('data', line => resolve(String(line).trim().replace(/\/$/, '')));
    child.once('exit', code => reject(new Error(`the server has ended with ${code}`)));
  });
}

export function end() {
  for (const stop of running) stop();
}

// Articles of three companies, enough for pages and for more values than are seen at once.
export const library = Array.from({ length: 40 }, (_, n) => ({
  id: `a${n}`,
  url: `https://${['acme', 'bolt', 'cargo'][n % 3]}.example/${n}`,
  title: `${['Notes', 'Lessons', 'Reports'][n % 3]} on feature stores, part ${n}`,
  company: ['Acme', 'Bolt', 'Cargo'][n % 3],
  tags: ['Feature Store', `Tag ${n % 14}`],
  date: `${2018 + (n % 5)}-0${1 + (n % 9)}-11`,
  language: n === 5 ? 'de' : 'en',
  text: n === 7
    ? '# Why\n\nA rare narwhal was seen in a feature store.\n\n# How\n\nIt swam.\n\n# When\n\nAt night.\n\nfn main() {\n  swim();\n}'
    : n === 5 ? 'Merkmale driften, und ein Speicher für Merkmale driftet mit ihnen, wie dieser Teil sagt. Das ist so, weil niemand nachsieht, was in ihm steht.'
    : `Features drift, and a store of features drifts with them, as part ${n} says. Kubernetes runs it all.`,
}));

// What attackers would write into lists and pages.
export const hostile = [
  { id: 'h1', url: 'https://evil.example/"><script>alert(1)</script>', title: '<script>document.title="owned"</script> evil', company: '"><img src=x onerror=alert(1)>', tags: ['<svg onload=alert(1)>', '\u202eevil'], text: 'evil <iframe src=//evil.example></iframe> text \u202e gnp.exe' },
  { id: '../../etc', title: '\u202eevil\u2066 title', company: '" onmouseover="alert(1)', tags: ["' autofocus onfocus=alert(1) '"], text: 'evil </p><script>alert(2)</script>' },
];
