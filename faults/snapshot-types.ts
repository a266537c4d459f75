// What the oracle looks at of the database, as plain data: what was written since the run began, and the money as it stands.

/** A kept key: the row that stands and falls with the effect of its command. */
export type KeyRow = { key: string; status: number | null; xid: string };
export type FactRow = {
  xid: string;
  type: string;
  kind: string;
  resourceId: string;
  sequence: number;
  /** Null: the service itself, which needs no key. */
  officerId: string | null;
};
export type EventRow = { xid: string; type: string; kind: string; resourceId: string; sequence: number };
export type HeadRow = { kind: string; resourceId: string; sequence: number };
/** One side of a movement of money; the sides of one journal add up to nothing. */
export type PostingRow = {
  journal: string;
  fund: string;
  kind: string;
  account: string;
  fen: bigint;
  disbursementId: string | null;
};
export type FundRow = { id: string; balances: Readonly<Record<string, bigint>> };
export type ReservationRow = { id: string; fen: bigint; drawnFen: bigint; releasedFen: bigint; linesFen: bigint };
export type AwardRow = { beneficiaryId: string; grantedFen: bigint; linesFen: bigint };
export type LineRow = { id: string; state: string; fen: bigint; fund: string };

export type Snapshot = {
  keys: readonly KeyRow[];
  facts: readonly FactRow[];
  events: readonly EventRow[];
  heads: readonly HeadRow[];
  postings: readonly PostingRow[];
  funds: readonly FundRow[];
  reservations: readonly ReservationRow[];
  awards: readonly AwardRow[];
  lines: readonly LineRow[];
  /** Of the verifier over the whole sealed record; none = the chain holds. */
  chainFaults: readonly string[];
};
