// Wire shapes of persons themselves: masked to everyone; clear only as a disclosure.
import { type Static, Type } from 'typebox';
import { availableActions } from '../kernel/action.ts';
import { civilDateOf } from '../kernel/civil-date.ts';
import type { Tx } from '../platform/db/tx.ts';
import {
  AvailableAction,
  CivilDate,
  Closed,
  Id,
  Instant,
  Literals,
  Nullable,
  named,
  Text,
} from '../platform/http/schema.ts';
import { enumValues } from '../reference/enums.ts';
import { DISCLOSURE_FIELDS } from './disclosure.ts';
import { coverDisputed } from './domain.ts';
import { personActions, personMachine, reversibleUntil } from './lifecycle.ts';
import type { KnownPerson } from './merge.ts';
import type { MergeRow } from './merge-repository.ts';
import type { ClearIdentity } from './repository.ts';
import { SafeContactPart } from './safe-contact-schema.ts';
import { ID_TYPES, SEXES } from './schema.ts';

const DOCUMENTS = ['citizen_id', 'passport', 'residence_permit', 'birth_certificate'] as const;

export const PersonView = named(
  'Person',
  Closed(
    {
      safeContact: SafeContactPart,
      id: Id,
      state: Literals(enumValues('person-states')),
      version: Type.Integer({ minimum: 1 }),
      idType: Literals(ID_TYPES),
      idNumber: Nullable(Type.String({ maxLength: 64, description: 'masked', examples: ['210***********4321'] })),
      name: Type.String({ maxLength: 100, description: 'masked', examples: ['李*'] }),
      birthYear: Nullable(Type.Integer({ minimum: 1800, maximum: 2999 })),
      sex: Literals(SEXES),
      mergedIntoId: Nullable({ ...Id, description: 'the survivor; null where the caller does not see them' }),
      merge: Nullable(
        Closed(
          {
            state: Literals(enumValues('person-merge-states')),
            intoPersonId: Nullable(Id),
            proposedAt: Instant,
            mergedAt: Nullable(Instant),
            reversibleUntil: Nullable(CivilDate),
          },
          { description: 'the merge that is proposed or stands' },
        ),
      ),
      erasure: Nullable(
        Closed(
          {
            state: Literals(enumValues('person-erasure-states')),
            ground: Literals(enumValues('erasure-grounds')),
            proposedAt: Instant,
            erasedAt: Nullable(Instant),
          },
          { description: 'the erasure that is proposed or was done; an erased person stays as this tombstone' },
        ),
      ),
      pendingCorrections: Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 10,
        description: 'what the own agency proposed and nobody has reviewed yet',
      }),
      createdAt: Instant,
      updatedAt: Instant,
      availableActions: Type.Array(AvailableAction, { maxItems: 10 }),
    },
    { description: 'Identity, always masked; the clear text is a disclosure' },
  ),
);

export const LookupBody = named(
  'PersonLookup',
  Closed({
    idType: Type.Optional(Literals(DOCUMENTS, 'citizen_id otherwise')),
    idNumber: Text(32, 'checked by GB 11643 where idType is citizen_id'),
  }),
);
export const LookupView = named(
  'PersonLookupResult',
  Closed({
    items: Type.Array(Closed({ personId: Id }), {
      maxItems: 10,
      description: "persons of the caller's own cases and accounts; empty for all others",
    }),
  }),
);

export const DisclosureBody = named(
  'DisclosureRequest',
  Closed({
    purpose: Text(200, 'code of the set disclosure-purposes, or own words (then recorded as other)'),
    legalBasis: Literals(enumValues('legal-bases')),
    fields: Type.Array(Literals(DISCLOSURE_FIELDS), { minItems: 1, maxItems: 3, uniqueItems: true }),
  }),
);
export const DisclosureView = named(
  'Disclosure',
  Closed(
    {
      personId: Id,
      name: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
      birthDate: Type.Optional(Nullable(Type.String({ maxLength: 10 }))),
      idNumber: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
    },
    { description: 'The fields asked for, in clear; null where the service does not know' },
  ),
);

export const MergeBody = named('PersonMerge', Closed({ intoPersonId: Id, reason: Text() }));
export const MergeReversalBody = named('PersonMergeReversal', Closed({ reason: Text() }));

export type PersonParts = {
  known: KnownPerson;
  identity: ClearIdentity;
  /** Pointers at which the reader's own submission says something else: those stay covered. */
  disputed: ReadonlySet<string>;
  /** Whether the reader sees the person it is or would be merged into. */
  seesSurvivor: boolean;
  pending: string[];
};

function toMergeView(merge: MergeRow | undefined, seen: boolean): Static<typeof PersonView>['merge'] {
  if (!merge) return null;
  const { state, intoPersonId, proposedAt, mergedAt } = merge;
  return {
    state,
    intoPersonId: seen ? intoPersonId : null,
    proposedAt: proposedAt.toISOString(),
    mergedAt: mergedAt?.toISOString() ?? null,
    reversibleUntil: mergedAt ? reversibleUntil(civilDateOf(mergedAt)) : null,
  };
}

function toErasureView(erasure: KnownPerson['erasure']): Static<typeof PersonView>['erasure'] {
  if (!erasure) return null;
  const { state, ground, proposedAt, erasedAt } = erasure;
  return { state, ground, proposedAt: proposedAt.toISOString(), erasedAt: erasedAt?.toISOString() ?? null };
}

export function toPersonView(
  tx: Tx,
  { known, identity, disputed, seesSurvivor, pending }: PersonParts,
): Omit<Static<typeof PersonView>, 'safeContact'> {
  const { person, merge, erasure, facts } = known;
  const { id, state, version, createdAt, updatedAt } = person;
  const { birthDate } = identity;
  const { actor, language } = tx.ctx;
  return {
    ...{ id, state, version },
    idType: person.idType as Static<typeof PersonView>['idType'],
    idNumber: person.idNumberMasked,
    ...coverDisputed(person, disputed),
    birthYear: birthDate && !disputed.has('/birthDate') ? Number(birthDate.slice(0, 4)) : null,
    mergedIntoId: seesSurvivor ? person.mergedIntoId : null,
    merge: toMergeView(merge, seesSurvivor),
    erasure: toErasureView(erasure),
    pendingCorrections: pending,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    availableActions: availableActions(personMachine, personActions, facts, actor, `/v1/persons/${id}`, language),
  };
}
