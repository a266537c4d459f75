// What `npm run trust` measures: each probe belongs to a numbered requirement and answers a figure and whether it meets its target.

export type Reading = {
  /** What was counted or measured, in one line: "2,346 pairs, 0 mismatches". */
  figure: string;
  met: boolean;
  /** What a reader needs to mend it, or to judge it; one sentence a line. */
  detail?: readonly string[];
};

export type ProbeContext = {
  /** Every random choice comes from it; printed with the result. */
  seed: number;
  say(line: string): void;
};

export type Probe = {
  /** Requirement of the control table: S-12, P-02, A-05. */
  number: string;
  name: string;
  /** The figure asked for. */
  target: string;
  run(context: ProbeContext): Promise<Reading>;
};
