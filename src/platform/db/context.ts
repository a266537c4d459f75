// The types of a transaction: what verbs, repositories and sinks are given; passing a plain connection does not compile.
import type { KeyObject } from 'node:crypto';
import type { Actor } from '../../kernel/actor.ts';
import type { Fact, ResourceKind } from '../../kernel/fact.ts';
import type { Language } from '../../kernel/problem.ts';
import type { Db } from './client.ts';

export type DataKey = { id: string; key: KeyObject };

/** Where a ciphertext stands: it opens only there. */
export type Place = { table: string; column: string; rowId: string };

export type Vault = {
  /** Of the suite in use: what is hashed beside it is hashed alike. */
  readonly hash: 'sha256' | 'sm3';
  /** A key for a new owner: the row is sent at once, without a look. */
  newKey(ownerKind: string, ownerId: string): Promise<DataKey>;
  /** The owner's key; made when there is none. */
  keyFor(ownerKind: string, ownerId: string): Promise<DataKey>;
  seal(key: DataKey, place: Place, text: string): Buffer;
  /** Seals a field that may be absent. */
  sealOptional(key: DataKey, place: Place, text: string | null | undefined): Buffer | null;
  /** Wrapped keys that were read in another flight: what they open needs no look at them. */
  hold(keys: readonly { id: string; wrapped: Buffer }[]): void;
  /** Opens several fields with one look at the keys; null stays null, an erased key gives null. */
  open(fields: readonly { place: Place; data: Buffer | null }[]): Promise<(string | null)[]>;
  index(field: 'id_number' | 'phone', normalised: string): Buffer;
};

/** What a test has taken down; no setting of the service reaches it. */
export type Walls = { unfiltered?: 'all' | ResourceKind | undefined };

export type Ctx = {
  actor: Actor;
  /** Agency id used by `visible()` and row security; the system scope inside fact handlers. */
  scope: string;
  /** True when the caller may also look through `oversight` relations. */
  oversight: boolean;
  /** Only ever set by a test: for these resources the conditions of the code let everything through (S-19). */
  unfiltered?: 'all' | ResourceKind;
  /** Business time, read from the database in this transaction; `today` is its civil date in Asia/Shanghai. */
  now: Date;
  today: string;
  systemNow: Date;
  /** Edition of the directory of agencies, read with the clock; null once this transaction has changed the directory. */
  directory: number | null;
  requestId: string;
  language: Language;
  dryRun: boolean;
};

declare const brand: unique symbol;

export type Tx = {
  readonly [brand]: true;
  readonly db: Db;
  readonly ctx: Ctx;
  readonly vault: Vault;
  newId(): string;
  /**
   * What this transaction has created, as it now stands, by a name of the feature's own: what comes after in the same transaction
   * need not read it back. Whoever changes such a row drops it here.
   */
  readonly made: Map<string, unknown>;
  /** A statement whose result nobody needs: sent at once, awaited before COMMIT, and its error is the outcome of the write. */
  later(...statements: Promise<unknown>[]): void;
  /** Collects a fact and writes its access rows at once, so that the verb can read what it created. */
  record(fact: Fact): void;
  /** Says that the verb found nothing to change; the transaction then ends without a fact and without a stored reply. */
  unchanged(): void;
  /** A clear view of personal data: read-audited per person, without values (P-08). */
  viewed(personId: string, fields: readonly string[], purpose: string, act?: ViewAct): void;
};

/** A view that was asked for by name, audited even where it found nothing (P-06, P-07); `data` as in a fact: no personal data. */
export type ViewAct = {
  type: string;
  data: Readonly<Record<string, string | boolean>>;
  /** What was viewed where it is no person: the id given is then that of this kind of resource. */
  kind?: ResourceKind;
};

export type View = { personId: string; fields: readonly string[]; purpose: string; act?: ViewAct };
