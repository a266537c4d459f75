// Draws a CPU profile of the service as a flame graph (SVG): `node bench/flame.ts <profile> <title>` writes it to stdout.
import { readFileSync } from 'node:fs';

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] };
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] };
type Frame = { name: string; time: number; children: Map<string, Frame> };

const WIDTH = 1400;
const ROW = 16;
const SMALLEST = 1.2;

const [file = '', title = ''] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parents = new Map(
  profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
);

/** Packages by name, our files below the project, Node's own by module: no path of this machine. */
function placeOf(url: string): string {
  const inPackage = url.split('/node_modules/').at(-1);
  if (url.includes('/node_modules/')) return inPackage?.split('/').slice(0, 1)[0] ?? '';
  return /(?:\/|^)((?:src|bench)\/.*)$/.exec(url)?.[1] ?? url.replace(/^file:.*\//, '');
}

function nameOf({ callFrame: { functionName, url } }: Node): string {
  const place = placeOf(url);
  return `${functionName || '(anonymous)'}${place ? ` ${place}` : ''}`;
}

function stackOf(id: number): string[] {
  const names: string[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const node = nodes.get(at);
    if (node && node.callFrame.functionName !== '(root)') names.unshift(nameOf(node));
  }
  return names;
}

/** From the first request on; waiting is left out. */
function collapse(): Frame {
  const root: Frame = { name: 'all', time: 0, children: new Map() };
  let serving = false;
  for (const [i, id] of profile.samples.entries()) {
    const stack = stackOf(id);
    serving ||= stack.some((name) => name.includes('platform/http/command.ts'));
    const time = profile.timeDeltas[i] ?? 0;
    if (!serving || /^\((idle|program)\)/.test(stack[0] ?? '')) continue;
    root.time += time;
    let frame = root;
    for (const name of stack) {
      const next = frame.children.get(name) ?? { name, time: 0, children: new Map() };
      next.time += time;
      frame.children.set(name, next);
      frame = next;
    }
  }
  return root;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function colour(name: string): string {
  if (/ src\//.test(name)) return '#f4a261';
  if (/ (drizzle-orm|pg|pg-protocol|pg-pool)$/.test(name)) return '#8ecae6';
  if (/node:internal\/crypto/.test(name)) return '#e76f51';
  return / node:|^[a-z]\w*$/i.test(name) ? '#d9d9d9' : '#b7e4c7';
}

const root = collapse();
const rows: string[] = [];
let deepest = 0;
function draw(frame: Frame, x: number, depth: number): void {
  const width = (frame.time / root.time) * WIDTH;
  if (width < SMALLEST) return;
  deepest = Math.max(deepest, depth);
  const label = escaped(frame.name);
  const share = ((frame.time / root.time) * 100).toFixed(1);
  const shown = escaped(frame.name.slice(0, Math.floor(width / 6.2)));
  const box = `<rect x="${x.toFixed(1)}" y="${depth * ROW + 30}" width="${Math.max(width - 0.4, 0.4).toFixed(1)}" height="${ROW - 1}" fill="${colour(frame.name)}"/>`;
  const text = width > 24 ? `<text x="${(x + 2).toFixed(1)}" y="${depth * ROW + 41}">${shown}</text>` : '';
  rows.push(`<g><title>${label} ${share} %</title>${box}${text}</g>`);
  let at = x;
  for (const child of [...frame.children.values()].sort((a, b) => b.time - a.time)) {
    draw(child, at, depth + 1);
    at += (child.time / root.time) * WIDTH;
  }
}
draw(root, 0, 0);
const height = (deepest + 1) * ROW + 36;
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="10">
<text x="4" y="16" font-size="13">${escaped(title)}: ${(root.time / 1e6).toFixed(1)} s of CPU in the process; orange: this project, blue: database driver, red: crypto, grey: Node</text>
${rows.join('\n')}
</svg>\n`,
);
