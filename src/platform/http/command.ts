// One write, one transaction: authenticate → permission → visible → replay → If-Match → verb; and the reads beside it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../kernel/actor.ts';
import { can } from '../../kernel/can.ts';
import type { ResourceKind } from '../../kernel/fact.ts';
import type { Page } from '../../kernel/page.ts';
import { standingTo } from '../db/access.ts';
import { isLockTimeout } from '../db/errors.ts';
import { claimKey, type KeyUse, type StoredReply, storeReply } from '../db/idempotency.ts';
import { readTx, type Tx, type TxDeps, type TxRequest, writeTx } from '../db/tx.ts';
import { conditionalProblems, type ExpectedVersion, etagMatches, makeEtag, parseIfMatch } from './conditional.ts';
import { listView, nextLink, pageRequest } from './cursor.ts';
import { type GrantFor, orUnderGrant } from './emergency.ts';
import { createKeyGate, idempotencyProblems, type KeyGate, keyUse, parseIdempotencyKey } from './idempotency.ts';
import { isKept, withoutKept } from './kept.ts';
import { lookedAt, type NoteRead } from './looked.ts';
import { httpProblems, requestLanguage } from './problem.ts';
import { stillSeen } from './replay.ts';
import { createTurns, type Turns } from './turns.ts';

export type CommandSpec<T, V> = {
  verb: (tx: Tx, expected: ExpectedVersion) => Promise<T>;
  view: (tx: Tx, value: T) => V | Promise<V>;
  /** 201 with Location for a creation; a function where the verb decides (upsert). */
  status?: number | ((value: T) => number);
  location?: (view: V) => string;
};

export type ReadSpec<V> = (tx: Tx) => Promise<V | undefined>;

export type ViewCheck = (
  route: { method: string; url: string; schema: unknown },
  status: number,
  view: unknown,
) => void;

export type CommandDeps = TxDeps & {
  publicUrl: string;
  checkView?: ViewCheck;
  noteRead?: NoteRead;
  /** Addresses in the view, as this deployment is reached. */
  addressed?: ((view: unknown) => unknown) | undefined;
  grantFor?: GrantFor;
};

/** Headers of record: what a replay must repeat. */
const RECORD = ['etag', 'location', 'content-type'] as const;

const isDryRun = (req: FastifyRequest) => (req.query as { dryRun?: boolean } | undefined)?.dryRun === true;

export function actorOf(req: FastifyRequest): Actor {
  if (!req.actor) throw new Error('route has no actor');
  return req.actor;
}

/** Of the ten seconds in which every request is answered, the last is for the answer. */
const patience = () => performance.now() + 9000;

function txRequest(req: FastifyRequest, dryRun: boolean, until = patience()): TxRequest {
  const actor = actorOf(req);
  const language = requestLanguage(req.query, req.headers['accept-language']);
  return { actor, requestId: req.id, language, dryRun, until, oversight: actor.permissions.has('oversight:read') };
}

function resourceOf(req: FastifyRequest): { kind: ResourceKind; id: string } | undefined {
  const kind = req.routeOptions.config.resource;
  const id = (req.params as { id?: string }).id;
  return kind && id ? { kind, id } : undefined;
}

/** The 404 of a resource that the caller does not see, as a statement sent ahead; undefined where the route has none. */
function seeing(req: FastifyRequest): ((tx: Tx) => Promise<void>) | undefined {
  const { find } = req.routeOptions.config;
  const resource = resourceOf(req);
  const { id } = req.params as { id?: string };
  if (isKept(actorOf(req), id))
    return async () => {
      throw httpProblems['resource.not_found']();
    };
  if (resource)
    return async (tx) => {
      const { relation, sealedTo } = (await standingTo(tx, resource.kind, resource.id)) ?? {
        relation: null,
        sealedTo: null,
      };
      const { permission } = req.routeOptions.config;
      if (!can(tx.ctx.actor, { permission }, { relation, sealedTo })) throw httpProblems['resource.not_found']();
    };
  return find && id
    ? async (tx) => {
        if (!(await find(tx, id))) throw httpProblems['resource.not_found']();
      }
    : undefined;
}

/** What is read itself carries its own condition (`visible`), and is not asked for twice. */
const seeingAbove = (req: FastifyRequest) =>
  req.routeOptions.url?.endsWith('/:id') && !actorOf(req).keptFrom ? undefined : seeing(req);

function render(
  deps: CommandDeps,
  req: FastifyRequest,
  reply: FastifyReply,
  status: number,
  view: unknown,
): StoredReply {
  const { method, url = '', schema } = req.routeOptions;
  deps.checkView?.({ method: String(method), url, schema }, status, view);
  reply.code(status);
  const body = reply.serialize((deps.addressed?.(view) ?? view) as Record<string, unknown>) as string;
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  const version = (view as { version?: unknown }).version;
  // What has no version (a list, a code set) is named by its hash alone; no write can expect it.
  if (typeof version === 'number') headers.etag = makeEtag(version, body);
  else if (method === 'GET' || status === 201) headers.etag = makeEtag(0, body);
  return { status, headers, body };
}

function send(reply: FastifyReply, stored: StoredReply): FastifyReply {
  for (const name of RECORD) if (stored.headers[name]) reply.header(name, stored.headers[name]);
  return reply.code(stored.status).serializer(String).send(stored.body);
}

async function claim(tx: Tx, deps: CommandDeps, use: KeyUse): Promise<StoredReply | undefined> {
  const found = await claimKey(tx, deps.keyring, use).catch((error: unknown) => {
    throw isLockTimeout(error) ? idempotencyProblems['idempotency.in_flight']({ retryAfter: 1 }) : error;
  });
  if (found.kind === 'claimed') return undefined;
  if (!found.fingerprint.equals(use.fingerprint)) throw idempotencyProblems['idempotency.key_reused']();
  if (!found.reply) throw idempotencyProblems['idempotency.in_flight']({ retryAfter: 1 });
  return found.reply;
}

/** If-Match where the route wants it (428); an optional one is honoured. */
function expectedVersion(req: FastifyRequest): ExpectedVersion {
  const versions = parseIfMatch(req.headers['if-match']);
  if (req.routeOptions.config.ifMatch && versions === undefined) throw conditionalProblems['precondition.required']();
  return versions;
}

type Outcome = { reply: StoredReply; replayed: boolean };

/** Who goes first inside this process: duplicates of a key, then writes to one resource. */
type Order = { gate: KeyGate; turns: Turns };

async function runCommand<T, V>(
  deps: CommandDeps,
  { gate, turns }: Order,
  req: FastifyRequest,
  reply: FastifyReply,
  spec: CommandSpec<T, V>,
): Promise<FastifyReply> {
  const until = patience();
  const dryRun = isDryRun(req);
  const header = parseIdempotencyKey(req.headers['idempotency-key']);
  const use = header !== undefined && !dryRun ? keyUse(req, actorOf(req), header) : undefined;
  let expected: ExpectedVersion;
  const resource = resourceOf(req);
  const write = () =>
    writeTx<Outcome>(deps, txRequest(req, dryRun, until), {
      before: async (tx) => {
        const seen = seeing(req)?.(tx);
        const claimed = use && claim(tx, deps, use);
        claimed?.catch(() => undefined);
        await seen;
        const stored = await claimed;
        if (stored && !(await stillSeen(tx, stored))) throw httpProblems['resource.not_found']();
        for (const view of stored?.views ?? []) tx.viewed(view.personId, view.fields, view.purpose);
        if (stored) return { result: { reply: stored, replayed: true } };
        expected = expectedVersion(req);
        return undefined;
      },
      verb: (tx) => spec.verb(tx, expected),
      finish: async (tx, value) => {
        const view = await spec.view(tx, value as T);
        const wanted = typeof spec.status === 'function' ? spec.status(value as T) : (spec.status ?? 200);
        const rendered = render(deps, req, reply, dryRun ? 200 : wanted, view);
        if (spec.location && rendered.status === 201)
          rendered.headers.location = `${deps.publicUrl}${spec.location(view)}`;
        if (dryRun) delete rendered.headers.etag;
        return { reply: rendered, replayed: false };
      },
      store: (tx, outcome, views) => use && storeReply(tx, deps.keyring, use, { ...outcome.reply, views }),
    });
  const execute = () => turns(resource && `${actorOf(req).agency.id}/${resource.kind}/${resource.id}`, write);
  const outcome = use ? await gate(use, execute) : await execute();
  if (outcome.replayed) reply.header('idempotency-replayed', 'true');
  return send(reply, outcome.reply);
}

type Note = (view: unknown) => void;

/**
 * A read as the caller: what is not there or not visible is a 404, and leaves no access record. What is shown leaves one, which
 * goes out while the answer is written and must be kept before it is sent.
 */
async function lookUp<V>(
  deps: CommandDeps,
  req: FastifyRequest,
  read: (tx: Tx, note: Note) => Promise<V | undefined>,
): Promise<V> {
  let kept: Promise<void> | undefined;
  const note: Note = (view) => {
    const looked = deps.noteRead && lookedAt(req, actorOf(req), view);
    kept = looked && deps.noteRead?.(looked);
    kept?.catch(() => undefined);
  };
  const find = async (tx: Tx) => {
    const found = await read(tx, note);
    if (found === undefined) throw httpProblems['resource.not_found']();
    return found;
  };
  const { ahead } = req.routeOptions.config;
  const options = { before: seeingAbove(req), ahead, pure: true };
  const found = await orUnderGrant(deps, req, txRequest(req, false), (request, used) =>
    readTx(deps, request, (tx) => find(tx).finally(() => used(tx)), options),
  );
  await kept;
  return found;
}

async function runRead<V>(
  deps: CommandDeps,
  req: FastifyRequest,
  reply: FastifyReply,
  read: ReadSpec<V>,
): Promise<FastifyReply> {
  const rendered = await lookUp(deps, req, async (tx, note) => {
    const found = await read(tx);
    if (found === undefined) return undefined;
    const view = withoutKept(actorOf(req), found);
    note(view);
    return render(deps, req, reply, 200, view);
  });
  if (rendered.headers.etag && etagMatches(req.headers['if-none-match'], rendered.headers.etag)) {
    return reply.code(304).header('etag', rendered.headers.etag).send();
  }
  return send(reply, rendered);
}

/** The reply was sent here; typed as void because Fastify's provider would ask for the schema's type again. */
export type Sent = Promise<void>;
const sent = (reply: Promise<FastifyReply>) => reply as unknown as Sent;

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | null;
    command<T, V>(spec: CommandSpec<T, V>): Sent;
    read<V>(read: ReadSpec<V>): Sent;
    /** The same read, handed back instead of sent: for an answer that is not JSON. */
    lookUp<V>(read: ReadSpec<V>): Promise<V>;
    /** A list: the page request from the query, items through `view`, Link header. */
    list<T extends { id: string }, V>(
      fetch: (tx: Tx, page: ReturnType<typeof pageRequest>) => Promise<Page<T>>,
      view: (tx: Tx, item: T) => V,
    ): Sent;
  }
}

/** Adds `req.command`, `req.read`, `req.lookUp` and `req.list`; the reply is bound when the request starts. */
export function registerCommands(app: FastifyInstance, deps: CommandDeps): void {
  const order: Order = { gate: createKeyGate(), turns: createTurns() };
  app.decorateRequest('actor', null);
  for (const name of ['command', 'read', 'lookUp', 'list'] as const) app.decorateRequest(name, undefined as never);
  app.addHook('onRequest', async (req, reply) => {
    req.command = (spec) => sent(runCommand(deps, order, req, reply, spec));
    req.read = (read) => sent(runRead(deps, req, reply, read));
    req.lookUp = (read) =>
      lookUp(deps, req, async (tx, note) => {
        const found = await read(tx);
        if (found !== undefined) note(undefined);
        return found;
      });
    req.list = (fetch, view) =>
      req.read(async (tx) => {
        const result = await fetch(tx, pageRequest(req, deps.keyring));
        const body = listView(req, deps.keyring, result, (item) => view(tx, item));
        const link = nextLink(req, deps.publicUrl, body.nextCursor);
        if (link) reply.header('link', link);
        return body;
      });
  });
  // RFC 9562: an id may be written in capitals; inside it is a name (of a key, a place, a head) and has one spelling.
  app.addHook('preValidation', async (req) => {
    const params = req.params as Record<string, string | undefined>;
    for (const name of ['id', 'officerId', 'entryId']) {
      const value = params[name];
      if (value !== undefined) params[name] = value.toLowerCase();
    }
  });
  app.addHook('preHandler', async (req) => {
    const config = req.routeOptions.config;
    const header = parseIdempotencyKey(req.headers['idempotency-key']);
    if (config.idempotent && header === undefined && !isDryRun(req))
      throw idempotencyProblems['idempotency.key_required']();
  });
}
