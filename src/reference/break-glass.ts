// How long sight in an emergency lasts and how soon it is reviewed: data of the service, no rule of law names a figure (ADR 0017).

export const BREAK_GLASS = {
  /** Of system time, from the grant. */
  hours: 4,
  /** From the day after the grant, by the working calendar. */
  reviewWorkingDays: 5,
} as const;
