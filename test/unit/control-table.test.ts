// docs/controls.md names only what exists: files, tests and probes; a figure it quotes stands in docs/evidence/trust.md (issue 4, papers).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { withFigures } from '../../trust/controls.ts';
import { parse } from '../../trust/evidence.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const exists = (path: string) => existsSync(new URL(path, root));
const papers = ['docs/controls.md', 'docs/security.md', 'docs/impact-assessment.md', 'docs/data-catalogue.md'];

const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:---|No\.|Clause|Chapter)/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const controls = rowsOf(read('docs/controls.md'));
const evidence = read('docs/evidence/trust.md');
const measured = new Set(rowsOf(evidence).map(([number]) => number));
const probeFiles = readdirSync(new URL('trust/', root)).filter((file) => file.endsWith('.ts'));
const probeNumbers = new Set(
  probeFiles.flatMap((file) => [...read(`trust/${file}`).matchAll(/number: '([A-Z]-\d+)M?'/g)].map(([, n]) => n)),
);

/** `api/tokens/mutants`, `throttle` after `api/tokens/…`, `unit/x (98 vectors)`: the test files that a cell names. */
function testsIn(cell: string): string[] {
  let folder = '';
  return cell
    .replaceAll(/\([^)]*\)|`[^`]*`/g, '')
    .split(/[,;·:]/)
    .map((part) => part.trim().split(' ')[0] ?? '')
    .filter((part) => /^(?:(?:unit|api|contract|e2e)\/[\w/-]+|[a-z]+(?:-[a-z]+)*)$/.test(part))
    .flatMap((part) => {
      if (/^(?:unit|api|contract|e2e)\//.test(part)) folder = part.slice(0, part.lastIndexOf('/'));
      const path = part.includes('/') ? part : `${folder}/${part}`;
      // A bare word after no test is prose.
      return part.includes('/') || (folder !== '' && exists(`test/${path}.test.ts`)) ? [path] : [];
    });
}

const isTest = (path: string) => exists(`test/${path}.test.ts`) || exists(`test/${path}/`) || exists(`test/${path}.ts`);

describe('docs/controls.md', () => {
  test('is read whole', () => {
    expect(controls.length).toBeGreaterThan(110);
    expect(controls.flatMap((cells) => testsIn(cells[3] ?? '')).length).toBeGreaterThan(80);
    expect(probeNumbers.size).toBeGreaterThan(35);
  });

  test('every test that a row names exists', () => {
    const named = controls.flatMap((cells) =>
      cells.slice(3).flatMap((cell) => testsIn(cell).map((path) => [cells[0], path])),
    );
    expect(named.filter(([, path]) => !isTest(String(path)))).toEqual([]);
  });

  test('every requirement S-, P-, A- that is met has a test or a figure', () => {
    const numbered = controls.filter(([number]) => /^[SPAX]-\d+$/.test(number ?? ''));
    const bare = numbered.filter(
      ([number = '', , , tests = '', figure = '', state = '']) =>
        state.startsWith('met') &&
        testsIn(tests).length === 0 &&
        !tests.includes('`npm run check`') &&
        !figure.includes(`T ${number}`),
    );
    expect(bare.map(([number]) => number)).toEqual([]);
  });

  /** What nobody has measured is said to be so in its own row. */
  const awaited = new Set(
    controls.filter((cells) => cells[4]?.startsWith('not measured yet')).map(([number]) => number),
  );

  test('a figure that is pointed at was measured, or its row says that it was not', () => {
    const quoted = controls.flatMap((cells) =>
      [
        ...cells
          .slice(3)
          .join(' ')
          .matchAll(/\bT ((?:[A-Z]-\d+)(?:, [A-Z]-\d+)*)/g),
      ].flatMap(([, list = '']) => list.split(', ')),
    );
    expect(quoted.length).toBeGreaterThan(20);
    expect(quoted.filter((number) => !measured.has(number) && !awaited.has(number))).toEqual([]);
  });

  test('the figures of the numbered rows are those of the evidence (npm run trust writes both)', () => {
    const table = read('docs/controls.md');
    expect(withFigures(table, parse(evidence))).toBe(table);
  });

  test('what was measured is not called "not measured", and what is called so has a probe', () => {
    for (const [number = '', , , , figure = ''] of controls.filter(([n]) => /^[SPA]-\d+$/.test(n ?? ''))) {
      if (!figure.startsWith('not measured yet')) continue;
      expect({ number, measured: measured.has(number) }).toEqual({ number, measured: false });
      expect({ number, probe: probeNumbers.has(number) }).toEqual({ number, probe: true });
    }
  });
});

describe.each(papers)('%s', (paper) => {
  const text = read(paper);

  test('every link leads to a file, and to a heading of it', () => {
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', heading] = target.split('#');
        const file = path === '' ? paper : new URL(path, new URL(paper, root)).href.slice(root.href.length);
        if (!exists(file)) return true;
        const slug = (line: string) =>
          line
            .replace(/^#+ /, '')
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N} -]/gu, '')
            .replaceAll(' ', '-');
        return (
          heading !== undefined &&
          !read(file)
            .split('\n')
            .some((line) => line.startsWith('#') && slug(line) === heading)
        );
      });
    expect(broken).toEqual([]);
  });

  test('every test and probe file that it names exists', () => {
    const named = [...text.matchAll(/`((?:test|trust|scripts|src)\/[\w./-]+?)`/g)].map(([, path = '']) => path);
    const inTests = [...text.matchAll(/`((?:api|unit|contract|e2e)\/[\w./-]+?\.test\.ts)`/g)].map(
      ([, path]) => `test/${path}`,
    );
    expect([...named, ...inTests].filter((path) => !exists(path))).toEqual([]);
  });
});
