// A fact: what a verb has changed. It reaches audit, events, access and the upward handlers in the same transaction.

export type ResourceKind =
  | 'agency'
  | 'person'
  | 'clue'
  | 'case'
  | 'fund'
  | 'disbursement'
  | 'referral'
  | 'visit'
  | 'account'
  | 'notice'
  | 'document'
  | 'deadline'
  | 'deadline_rule'
  | 'calendar'
  | 'work_item'
  | 'duplicate_verdict'
  | 'break_glass_grant'
  | 'legal_hold'
  | 'webhook_endpoint'
  | 'keyring'
  | 'audit'
  | 'sandbox';

export type Relation =
  | 'source'
  | 'receiver'
  | 'handler'
  | 'recipient'
  | 'owner'
  | 'partner'
  | 'treasury'
  | 'oversight'
  /** Of a break-glass grant to the one resource it names; the grant itself is the scope (ADR 0017). */
  | 'emergency';

export type AccessGrant = { agencyId: string; relation: Relation; until?: Date };

export type Fact = {
  /** `<resource>.<past participle>`, e.g. `clue.accepted`. */
  type: string;
  kind: ResourceKind;
  id: string;
  /** Names of the fields that changed; never their values. */
  changed?: readonly string[];
  /** The resource came into being with this fact: its numbers begin at one, and nobody else can have taken them. */
  first?: true;
  /** Ids, codes and numbers only: this is stored in clear in the audit record and shown in events. */
  data?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  access?: readonly AccessGrant[];
  /** Agencies that lose sight of the resource with this fact (a rerouted clue keeps its former receiver out). */
  revoke?: readonly string[];
};
