// What accounts give to the records of a case: their numbers and states; the account itself outlives the case.
import { Type } from 'typebox';
import { onDossier } from '../cases/dossier-parts.ts';
import { Closed, Id, Literals, named } from '../platform/http/schema.ts';
import { ACCOUNT_STATES } from './domain.ts';
import { findAccountsOfCase } from './record-repository.ts';

const CaseAccount = named(
  'CaseAccount',
  Closed({ id: Id, number: Type.String({ maxLength: 64 }), state: Literals(ACCOUNT_STATES), personId: Id }),
);

onDossier({ name: 'accounts', read: 'account:read', item: CaseAccount, load: findAccountsOfCase });
