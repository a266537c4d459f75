// What referrals give to the records of a case.
import { onCaseOutcome } from '../cases/outcome-parts.ts';
import { findMeasures } from './record-repository.ts';

onCaseOutcome({ name: 'measures', load: findMeasures });
