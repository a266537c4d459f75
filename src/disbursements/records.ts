// What disbursements give to the records of a case.
import { onCaseOutcome } from '../cases/outcome-parts.ts';
import { findPaid } from './record-repository.ts';

onCaseOutcome({ name: 'payments', load: findPaid });
