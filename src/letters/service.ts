// A letter for one reader: its words come from the views that this reader gets, and are on record as those are.
import { requireAgencyMap } from '../agencies/service.ts';
import { findCase } from '../cases/service.ts';
import { viewCase } from '../cases/view.ts';
import { viewClue } from '../clues/routes.ts';
import { findClue } from '../clues/service.ts';
import type { Tx } from '../platform/db/tx.ts';
import { viewPackage } from '../referrals/package.ts';
import { findReferral } from '../referrals/service.ts';
import type { Letter, LetterPlaceName } from './domain.ts';
import { approvalForm, clueLetter, decisionLetter, type LetterModel, proposalLetter } from './model.ts';

type Write = (tx: Tx, id: string, letter: Letter) => Promise<LetterModel | undefined>;

async function onReferral(tx: Tx, id: string): Promise<LetterModel | undefined> {
  const referral = await findReferral(tx, id);
  if (!referral) return undefined;
  const agencyOf = await requireAgencyMap(tx, [referral.senderAgencyId, referral.agencyId]);
  const between = {
    senderAgency: agencyOf(referral.senderAgencyId).name,
    recipientAgency: agencyOf(referral.agencyId).name,
    respondBy: referral.respondBy,
  };
  return proposalLetter(await viewPackage(tx, referral), between, tx.ctx.today);
}

/** Undefined where the resource is not there for the caller. */
export const writeLetter: Readonly<Record<LetterPlaceName, Write>> = {
  clue: async (tx, id) => {
    const clue = await findClue(tx, id);
    return clue && clueLetter(await viewClue(tx, clue), tx.ctx.today);
  },
  case: async (tx, id, letter) => {
    const found = await findCase(tx, id);
    if (!found) return undefined;
    const view = await viewCase(tx, found);
    return letter === 'decision' ? decisionLetter(view, tx.ctx.today) : approvalForm(view, tx.ctx.today);
  },
  referral: onReferral,
};
