// Gates on the contract as a product: nothing that is released breaks, and the OWASP rules for OpenAPI hold (C-05).
import { parse } from 'yaml';
import type { Gate } from '../check.ts';
import { breakingChanges, type Contract, lastRelease, mayBreak } from './compat.ts';
import { filesIn, read } from './files.ts';
import { owaspGate } from './owasp.ts';

const FOLDER = 'openapi/released/';

const compatibility: Gate = {
  name: 'nothing breaks the last released contract',
  run: async () => {
    const versions = filesIn(['openapi/released'], /\.json$/).map((path) => path.slice(FOLDER.length, -5));
    const last = lastRelease(versions);
    if (last === undefined) return { problems: ['openapi/released holds no document'] };
    const now = parse(read('openapi/openapi.yaml')) as Contract;
    const found = breakingChanges(JSON.parse(read(`${FOLDER}${last}.json`)) as Contract, now);
    const { version } = now.info;
    if (mayBreak(last, version)) return { problems: [], detail: `${found.length} from ${last} to ${version}` };
    return { problems: found.map((text) => `${text} (released in ${last})`), detail: `since ${last}` };
  },
};

export const contractGates: readonly Gate[] = [compatibility, owaspGate];
