// Gates on what stands beside the code: migrations and their journal, settings and the README's table.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../../src/platform/config.ts';
import type { Gate } from '../check.ts';
import { filesIn, ROOT, read } from './files.ts';

type Journal = { entries: { idx: number; when: number; tag: string }[] };

const journalGate: Gate = {
  name: 'every migration stands in the journal, and the reverse',
  run: async () => {
    const { entries } = JSON.parse(read('migrations/meta/_journal.json')) as Journal;
    const files = filesIn(['migrations'], /^migrations\/[^/]+\.sql$/).map((path) => path.slice(11, -4));
    const tags = entries.map((entry) => entry.tag);
    const problems = [
      ...files.filter((file) => !tags.includes(file)).map((file) => `migrations/${file}.sql is not in the journal`),
      ...tags.filter((tag) => !files.includes(tag)).map((tag) => `the journal names ${tag}, which has no file`),
    ];
    entries.forEach((entry, i) => {
      const former = entries[i - 1];
      if (entry.idx !== i) problems.push(`${entry.tag} has idx ${entry.idx}, expected ${i}`);
      // Drizzle skips a migration whose stamp is older than the last one that landed, without a word.
      if (former && entry.when <= former.when) problems.push(`${entry.tag} is stamped before ${former.tag}`);
      if (former && entry.tag <= former.tag) problems.push(`${entry.tag} is numbered before ${former.tag}`);
    });
    return { problems, detail: `${files.length} migrations` };
  },
};

export const migrationGates: readonly Gate[] = [journalGate];

export const settingsGate: Gate = {
  name: 'every setting stands in the README',
  run: async () => {
    if (!existsSync(join(ROOT, 'README.md'))) return { problems: [], detail: 'there is no README' };
    const rows = read('README.md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const problems = SETTINGS.filter((name) => !rows.some((row) => row.includes(`\`${name}\``))).map(
      (name) => `README.md has no table row for ${name}`,
    );
    return { problems, detail: `${SETTINGS.length} settings` };
  },
};
