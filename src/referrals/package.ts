// The package: what one department is shown of exactly these persons for this purpose, and only while it may act (P-11).
import { type Static, Type } from 'typebox';
import { toMoney } from '../kernel/money.ts';
import { contactRules, coverHidden, toSafeContact } from '../persons/safe-contact.ts';
import { SafeContactPart } from '../persons/safe-contact-schema.ts';
import { SEXES } from '../persons/schema.ts';
import type { Tx } from '../platform/db/tx.ts';
import { Closed, Code, Id, Literals, Money, Nullable, named, RegionCode } from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { type DisclosedPerson, isOpen, REFERRAL_STATES } from './domain.ts';
import { onlyFields } from './package-fields.ts';
import { openPersons, type Referral, type ReferralPerson } from './repository.ts';

const identity = {
  name: Nullable(Type.String({ maxLength: 100 })),
  sex: Literals(SEXES),
  idNumber: Nullable(Type.String({ maxLength: 32, description: 'always masked' })),
  phone: Nullable(Type.String({ maxLength: 32 })),
  address: Nullable(Type.String({ maxLength: 300 })),
  householdRegionCode: Nullable(RegionCode),
};

export const MaskedPerson = named(
  'ReferralPerson',
  Closed(
    { personId: Id, beneficiaryId: Nullable(Id), ...identity },
    {
      description:
        'A person of the referral, masked; for the recipient of one that ended only the id number; beneficiaryId is for the sender',
    },
  ),
);

export const PackageView = named(
  'ReferralPackage',
  Closed(
    {
      safeContact: SafeContactPart,
      id: Id,
      number: Type.String({ maxLength: 64 }),
      state: Literals(REFERRAL_STATES),
      version: Type.Integer({ minimum: 1 }),
      masked: Type.Boolean({ description: 'true for everybody but the recipient, and for it once the referral ended' }),
      legalBasis: Literals(enumValues('legal-bases')),
      measures: Type.Array(Code, { maxItems: 20 }),
      proposal: Nullable(Type.String({ maxLength: 4000, description: 'situation and what is asked' })),
      persons: Type.Array(
        Closed({
          personId: Id,
          ...identity,
          birthDate: Nullable(Type.String({ maxLength: 10, description: 'null where masked' })),
          grantedAmount: Nullable(Money),
        }),
        { maxItems: 50 },
      ),
    },
    { description: 'Purpose-bound disclosure for the recipient department' },
  ),
);

type Seen = { recipient: boolean; open: boolean };

/** Masked identity; once a referral has ended its recipient keeps the masked id only. The beneficiary id leads into the case. */
export function toMaskedPerson(p: ReferralPerson, { recipient, open }: Seen): Static<typeof MaskedPerson> {
  const masks = recipient && !open ? idOnly(p) : masksOf(p);
  return { personId: p.personId, beneficiaryId: recipient ? null : p.beneficiaryId, ...masks };
}

function masksOf(p: ReferralPerson) {
  const { nameMasked, sex, idNumberMasked, phoneMasked, addressMasked, householdRegionCode } = p;
  return {
    name: nameMasked,
    sex,
    idNumber: idNumberMasked,
    phone: phoneMasked,
    address: addressMasked,
    householdRegionCode,
  };
}

const idOnly = (p: ReferralPerson) => ({
  ...masksOf(p),
  name: null,
  phone: null,
  address: null,
  householdRegionCode: null,
});

function toPackagePerson(p: ReferralPerson, clear: DisclosedPerson | undefined, seen: Seen & { withAmount: boolean }) {
  const ended = seen.recipient && !seen.open;
  const grantedAmount = seen.withAmount && p.grantedFen !== null ? toMoney(p.grantedFen) : null;
  return { personId: p.personId, ...(ended ? idOnly(p) : masksOf(p)), birthDate: null, ...clear, grantedAmount };
}

/** In clear for the recipient while the referral is open, what its kind of department needs; each person read-audited. */
export async function viewPackage(tx: Tx, r: Referral): Promise<Static<typeof PackageView>> {
  const { agency } = tx.ctx.actor;
  const recipient = agency.id === r.agencyId;
  const open = isOpen(r.state);
  const disclosed = recipient && open;
  const sender = agency.id === r.senderAgencyId;
  const rules = await contactRules(tx, 'referral', r.id);
  const opened = disclosed ? await openPersons(tx, r.persons) : [];
  const seen = { recipient, open, withAmount: disclosed || sender };
  const shown = r.persons
    .map((p, i) => toPackagePerson(p, opened[i], seen))
    .map((person) => (recipient ? onlyFields(person, agency.kind) : person));
  const persons = coverHidden(tx, rules, shown, ({ personId }) => personId);
  for (const [i, person] of persons.entries()) {
    const fields = Object.keys(opened[i] ?? {}).filter((field) => person[field as keyof typeof person] !== null);
    if (disclosed) tx.viewed(person.personId, [...fields, 'proposal'], 'referral.package');
  }
  const { id, number, state, version, legalBasis, measures } = r;
  return {
    safeContact: toSafeContact(tx, 'referral', rules),
    id,
    number,
    state,
    version,
    masked: !disclosed,
    legalBasis,
    measures,
    proposal: disclosed || sender ? r.proposal : null,
    persons,
  };
}
