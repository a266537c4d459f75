// What `npm run faults` runs: each fault belongs to a numbered requirement and answers what was done, what was lost and what was double.

export type FaultContext = {
  /** Every random choice comes from it; printed with the result. */
  seed: number;
  /** Cycles, rounds or walks asked for by hand; undefined = those of the requirement. */
  rounds: number | undefined;
  say(line: string): void;
};

export type Reading = {
  cycles: number;
  /** Commands sent by clients, each counted once however often it was repeated. */
  operations: number;
  acked: number;
  unacked: number;
  /** Null: this fault does not measure it. */
  lost: number | null;
  double: number | null;
  /** What else was counted or measured, in one line. */
  figure: string;
  met: boolean;
  /** Differences with their ids, or what a reader needs to judge the figure. */
  detail?: readonly string[];
};

export type Fault = {
  /** Requirement of docs/controls.md: R-1, I-03, S-23. */
  number: string;
  name: string;
  /** The figure asked for. */
  target: string;
  /** Cycles that the target asks for; a shorter run meets it only in part. */
  full: number;
  run(context: FaultContext): Promise<Reading>;
};
