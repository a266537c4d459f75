// bin/admin bootstrap --tree liaoning: the agency tree and the first administrator of an empty live database; running it again changes nothing.
import { parseArgs } from 'node:util';
import { bootstrapAdministrator } from '../agencies/bootstrap.ts';
import { readConfig } from '../platform/config.ts';
import { agencyCode, DECISION_NUMBER_TEMPLATE, liaoningAgencies } from '../reference/agencies.ts';
import { openDatabase } from './database.ts';
import { logTo, runOnce, StartError } from './startup.ts';

const USAGE = 'Usage: bin/admin bootstrap --tree liaoning';
const TREES = { liaoning: { agencies: liaoningAgencies, root: agencyCode('procuratorate', '210000') } } as const;

function treeOf(args: string[]): (typeof TREES)[keyof typeof TREES] {
  try {
    const { values, positionals } = parseArgs({ args, options: { tree: { type: 'string' } }, allowPositionals: true });
    const tree = values.tree !== undefined && Object.hasOwn(TREES, values.tree) ? values.tree : undefined;
    if (positionals.length === 1 && positionals[0] === 'bootstrap' && tree) return TREES[tree as keyof typeof TREES];
  } catch {
    // An unknown option: the usage says it all.
  }
  throw new StartError(USAGE);
}

await runOnce(async (started) => {
  const tree = treeOf(process.argv.slice(2));
  const config = readConfig(process.env);
  if (config.sandbox) throw new StartError('bootstrap is for a live database: a sandbox seeds itself at its start.');
  const { tx } = await openDatabase(config, logTo(config.logLevel === 'info' ? 'warn' : config.logLevel), started);
  const done = await bootstrapAdministrator(tx, {
    tree: tree.agencies(),
    decisionNumberTemplate: DECISION_NUMBER_TEMPLATE,
    rootCode: tree.root,
  });
  console.log(`Agencies added: ${done.agencies}.`);
  if (!done.client) return console.log('An administrator exists already; nothing about it was changed.');
  console.log(
    `The first administrator (keep the secret now, it is not shown again; it expires on ${done.client.expiresAt.toISOString().slice(0, 10)}):`,
  );
  console.log(`client_id=${done.client.clientId}`);
  console.log(`client_secret=${done.client.clientSecret}`);
});
