// S-21: what decides asks for the officer's own factor, and the table of actions and the routes say the same of it.
import { describe, expect, test } from '@jest/globals';
import { accountActions } from '../../src/accounts/domain.ts';
import { caseActions } from '../../src/cases/actions.ts';
import { noticeActions } from '../../src/cases/notice-domain.ts';
import { clueActions } from '../../src/clues/domain.ts';
import { deadlineActions } from '../../src/deadlines/domain.ts';
import { disbursementActions } from '../../src/disbursements/actions.ts';
import { grantActions } from '../../src/grants/domain.ts';
import { personActions, reviewActions } from '../../src/persons/lifecycle.ts';
import { referralActions } from '../../src/referrals/domain.ts';
import { holdActions } from '../../src/retention/domain.ts';
import { visitActions } from '../../src/visits/domain.ts';
import { loadContract } from '../support/contract.ts';

const { operations } = await loadContract();
const decides = (op: (typeof operations)[number]) => op.operation['x-decisive'] === true;
const tables: Readonly<Record<string, Readonly<Record<string, { path: string; decisive?: boolean }>>>> = {
  '/v1/assistance-cases/{id}': caseActions,
  '/v1/disbursements/{id}': disbursementActions,
  '/v1/deadlines/{id}': deadlineActions,
  '/v1/clues/{id}': clueActions,
  '/v1/referrals/{id}': referralActions,
  '/v1/visits/{id}': visitActions,
  '/v1/monitoring-accounts/{id}': accountActions,
  '/v1/case-notices/{id}': noticeActions,
  '/v1/persons/{id}': personActions,
  '/v1/person-reviews/{id}': reviewActions,
  '/v1/legal-holds/{id}': holdActions,
  '/v1/break-glass-grants/{id}': grantActions,
};
/** What stands for an id below the resource is called otherwise in the document. */
const shape = (path: string) =>
  path.replace(/corrections\/[^/]+\//, 'corrections/{}/').replaceAll(/(?<=\w\/\{id\}.*)\{\w+\}/g, '{}');

describe.each(Object.entries(tables))('%s', (base, table) => {
  test('actions and routes agree on what decides', () => {
    const actions = Object.values(table).map(({ path, decisive = false }) => [shape(`${base}/${path}`), decisive]);
    const routes = new Map(operations.map((op) => [shape(op.path), decides(op)] as const).filter(([, is]) => is));
    for (const [path, decisive] of actions) expect([path, decisive]).toEqual([path, routes.has(String(path))]);
  });
});

test('whoever changes the list of what decides does it knowingly', () => {
  const named = operations.filter(decides).map(({ id }) => id);
  const least = [
    ...[
      'approveAssistance',
      'approveEmergencyAdvance',
      'giveJointShare',
      'revokeAssistanceCase',
      'confirmCaseCorrection',
    ],
    ...['authoriseDisbursement', 'submitDisbursement', 'settleDisbursement', 'failDisbursement', 'recoverDisbursement'],
    ...['writeOffDisbursement', 'extendDeadline', 'waiveDeadline'],
    ...['addOfficer', 'editOfficer', 'reinstateOfficer', 'proposeRoleGrant', 'confirmRoleGrant', 'refuseRoleGrant'],
    ...['addOfficerCredential', 'confirmOfficerCredential', 'addClient', 'rotateClientSecret', 'reinstateClient'],
    ...['addClientKey', 'bindClientCertificate', 'createAgency', 'editAgency', 'reinstateAgency'],
    ...['mergePerson', 'reversePersonMerge', 'resolvePersonReview', 'setSafeContact', 'exportSubject', 'erasePerson'],
    ...['releaseLegalHold', 'askForEmergencySight', 'reviewEmergencySight', 'refuseCaseCorrection'],
  ];
  expect(least.filter((id) => !named.includes(id))).toEqual([]);
  expect(operations.filter((op) => decides(op) && op.method === 'GET')).toEqual([]);
});
