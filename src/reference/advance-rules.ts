// How much may be paid before the decision to people in need of urgent help (先行救助, domain §7), as data.

export type AdvanceRule = { months: number; exceptionalMonths: number; basis: string; mark: 'V' | 'S' | 'A' };

/** In average monthly wages per beneficiary; more than `months` needs a reason. */
export const advanceRule: AdvanceRule = {
  months: 3,
  exceptionalMonths: 6,
  basis: 'Courts: 3 monthly wages, up to 6 [S S47]; the same is assumed for procuratorates',
  mark: 'A',
};
