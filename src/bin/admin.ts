// bin/admin: `bootstrap --tree liaoning` fills an empty live database with the agency tree and a first administrator (running it again
// changes nothing); the other commands add the first two people who administer it, and rotate and check keys.
import { parseArgs } from 'node:util';
import { bootstrapAdministrator } from '../agencies/bootstrap.ts';
import { readConfig } from '../platform/config.ts';
import { agencyCode, DECISION_NUMBER_TEMPLATE, liaoningAgencies } from '../reference/agencies.ts';
import { openDatabase } from './database.ts';
import { IDENTITY_USAGE, type IdentityCommand, runIdentityCommand } from './identity-commands.ts';
import { KEY_COMMANDS, type KeyCommand, runKeyCommand } from './key-commands.ts';
import { logTo, runOnce, StartError } from './startup.ts';
import { runRelease, WATCH_USAGE, type WatchCommand } from './watch-commands.ts';

const USAGE = `Usage: bin/admin bootstrap --tree liaoning | ${IDENTITY_USAGE.join(' | ')} | rotate-data-keys [--kind person] | ${KEY_COMMANDS.filter((c) => c !== 'rotate-data-keys').join(' | ')} | ${WATCH_USAGE}`;
const TREES = { liaoning: { agencies: liaoningAgencies, root: agencyCode('procuratorate', '210000') } } as const;

type Tree = (typeof TREES)[keyof typeof TREES];
type Command = { tree: Tree } | { keys: KeyCommand; kind: string | null } | IdentityCommand | WatchCommand;

const IDENTITY = {
  'add-administrator': {
    role: { type: 'string' },
    code: { type: 'string' },
    name: { type: 'string' },
    'person-key': { type: 'string' },
    'public-key': { type: 'string' },
    recover: { type: 'boolean' },
  },
  'rotate-signing-key': { compromised: { type: 'boolean' } },
} as const;

function identityCommand([name, ...args]: string[]): IdentityCommand | undefined {
  if (name === 'add-administrator')
    return { identity: name, options: parseArgs({ args, options: IDENTITY[name] }).values };
  if (name !== 'rotate-signing-key') return undefined;
  const { compromised = false } = parseArgs({ args, options: IDENTITY[name] }).values;
  return { identity: name, compromised };
}

function releaseCommand([name, ...args]: string[]): WatchCommand | undefined {
  if (name !== 'release') return undefined;
  const { credential = '' } = parseArgs({ args, options: { credential: { type: 'string' } } }).values;
  return /^(?:client|officer):[0-9a-f-]{36}$/.test(credential) ? { release: credential } : undefined;
}

function commandOf(args: string[]): Command {
  try {
    const identity = identityCommand(args);
    if (identity) return identity;
    const release = releaseCommand(args);
    if (release) return release;
    const options = { tree: { type: 'string' }, kind: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [name] = positionals;
    const tree = values.tree !== undefined && Object.hasOwn(TREES, values.tree) ? values.tree : undefined;
    if (positionals.length === 1 && name === 'bootstrap' && tree && values.kind === undefined)
      return { tree: TREES[tree as keyof typeof TREES] };
    const keys = KEY_COMMANDS.find((command) => command === name);
    const kindless = keys === 'rotate-data-keys' || values.kind === undefined;
    if (positionals.length === 1 && keys && values.tree === undefined && kindless)
      return { keys, kind: values.kind ?? null };
  } catch {
    // An unknown option: the usage says it all.
  }
  throw new StartError(USAGE);
}

await runOnce(async (started) => {
  const command = commandOf(process.argv.slice(2));
  const config = readConfig(process.env);
  if ('keys' in command) return runKeyCommand(command.keys, command.kind, config, started);
  if ('release' in command) return runRelease(command, config, started);
  if ('identity' in command) return runIdentityCommand(command, TREES.liaoning.root, config, started);
  const { tree } = command;
  if (config.sandbox) throw new StartError('bootstrap is for a live database: a sandbox seeds itself at its start.');
  const { tx } = await openDatabase(config, logTo(config.logLevel === 'info' ? 'warn' : config.logLevel), started);
  const done = await bootstrapAdministrator(tx, {
    tree: tree.agencies(),
    decisionNumberTemplate: DECISION_NUMBER_TEMPLATE,
    rootCode: tree.root,
  });
  console.log(`Agencies added: ${done.agencies}.`);
  if (!done.standard)
    console.log(
      'No wage standard is in force: until an administrator enters one with POST /v1/assistance-standards, proposals and advances are answered 409.',
    );
  if (!done.client) return console.log('An administrator exists already; nothing about it was changed.');
  console.log(
    `The first administrator (keep the secret now, it is not shown again; it expires on ${done.client.expiresAt.toISOString().slice(0, 10)}):`,
  );
  console.log(`client_id=${done.client.clientId}`);
  console.log(`client_secret=${done.client.clientSecret}`);
});
