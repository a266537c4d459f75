// What the oracle answers.

export type Difference = {
  /** `other`: neither a loss nor a double, and wrong all the same. */
  kind: 'lost' | 'double' | 'sequence' | 'outbox' | 'money' | 'chain' | 'answer' | 'other';
  /** The operation, resource or fund. */
  id: string;
  what: string;
};

export type Verdict = {
  operations: number;
  acked: number;
  unacked: number;
  resolved: number;
  lost: number;
  double: number;
  differences: readonly Difference[];
};
