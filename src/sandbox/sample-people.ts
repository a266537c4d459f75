// Deterministic synthetic people for the sandbox: checksum-valid ids, mothers with children, nobody who exists.
import { completeCitizenId } from '../kernel/citizen-id.ts';
import { addDays, ageOn, yearOf } from '../kernel/civil-date.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import { fullRegionName } from '../reference/regions.ts';
import { givenNames, streets, surnames } from './sample-names.ts';

export type SamplePerson = {
  /** `p001` …: stable for a seed, used by kin and guardian. */
  key: string;
  name: string;
  sex: 'female' | 'male';
  birthDate: string;
  idType: 'citizen_id';
  idNumber: string;
  /** Null for minors: the guardian is called. */
  phone: string | null;
  address: string;
  householdRegionCode: string;
  /** Codes of the set `categories`. */
  categories: string[];
  relationToCase: 'self' | 'spouse' | 'child';
  kin: { relation: 'mother' | 'child'; key: string }[];
  guardianKey: string | null;
};

export type SampleOptions = {
  seed?: number;
  /** The civil date that ages are counted to. */
  today: string;
  /** County codes that the people live in, by turns of chance. */
  regionCodes: readonly string[];
};

/** Printed with everything made from it; the day on which the figures of Liaoning were published. */
export const SAMPLE_SEED = 20230221;

type Draft = Pick<SamplePerson, 'sex' | 'birthDate' | 'householdRegionCode' | 'address'>;
type Maker = {
  random: Random;
  today: string;
  regionCodes: readonly string[];
  people: SamplePerson[];
  ids: Set<string>;
};

/** `count` people in families (a mother with one or two children) and alone; the same options give the same people. */
export function samplePeople(count: number, options: SampleOptions): SamplePerson[] {
  const { seed = SAMPLE_SEED, today, regionCodes } = options;
  const maker: Maker = { random: seededRandom(seed), today, regionCodes, people: [], ids: new Set() };
  while (maker.people.length < count) {
    if (count - maker.people.length > 1 && maker.random.chance(0.4)) addFamily(maker, count);
    else addAdult(maker);
  }
  return maker.people;
}

function addFamily(maker: Maker, count: number): void {
  const { random } = maker;
  const mother = addPerson(maker, { ...dwelling(maker), sex: 'female', birthDate: bornAgo(maker, 26, 42) });
  mother.relationToCase = random.pick(['self', 'spouse'] as const);
  mother.categories = mother.relationToCase === 'spouse' ? ['W3', 'H1'] : [random.pick(['W1', 'W2', 'W4', 'W7'])];
  const children = random.chance(0.3) ? 2 : 1;
  for (let index = 0; index < children && maker.people.length < count; index += 1) addChild(maker, mother);
}

function addChild(maker: Maker, mother: SamplePerson): void {
  const { random, today } = maker;
  // A minor now, and born when the mother was at least 20.
  const oldest = Math.min(17, ageOn(mother.birthDate, today) - 20);
  const child = addPerson(maker, {
    sex: random.pick(['female', 'male'] as const),
    birthDate: bornAgo(maker, 1, oldest),
    householdRegionCode: mother.householdRegionCode,
    address: mother.address,
  });
  child.relationToCase = mother.relationToCase === 'spouse' ? 'child' : 'self';
  child.categories = mother.relationToCase === 'spouse' ? ['C3', 'H1'] : [random.pick(['C1', 'C6', 'C7', 'C8'])];
  child.phone = null;
  child.guardianKey = mother.key;
  child.kin.push({ relation: 'mother', key: mother.key });
  mother.kin.push({ relation: 'child', key: child.key });
}

function addAdult(maker: Maker): void {
  const { random, today } = maker;
  const sex = random.chance(0.6) ? 'female' : 'male';
  const person = addPerson(maker, { ...dwelling(maker), sex, birthDate: bornAgo(maker, 20, 78) });
  const elderly = ageOn(person.birthDate, today) >= 60;
  if (sex === 'female') person.categories = [elderly ? 'W5' : random.pick(['W1', 'W2', 'W4', 'W6'])];
  else person.categories = [random.pick(['R1', 'V1', 'D1', 'P1'])];
  if (person.categories.includes('W4') && random.chance(0.5)) person.categories.push('D1');
}

function addPerson(maker: Maker, draft: Draft): SamplePerson {
  const { random, people } = maker;
  const person: SamplePerson = {
    ...draft,
    key: `p${String(people.length + 1).padStart(3, '0')}`,
    name: random.pick(surnames) + random.pick(givenNames[draft.sex]),
    idType: 'citizen_id',
    idNumber: uniqueId(maker, draft),
    // 154 is issued to no operator [A], so the number has the right form and rings nowhere.
    phone: `154${String(random.int(0, 99_999_999)).padStart(8, '0')}`,
    categories: [],
    relationToCase: 'self',
    kin: [],
    guardianKey: null,
  };
  people.push(person);
  return person;
}

function uniqueId(maker: Maker, { sex, birthDate, householdRegionCode }: Draft): string {
  for (;;) {
    const sequence = maker.random.int(0, 499) * 2 + (sex === 'male' ? 1 : 0);
    const first17 = `${householdRegionCode}${birthDate.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
    const idNumber = completeCitizenId(first17);
    if (maker.ids.has(idNumber)) continue;
    maker.ids.add(idNumber);
    return idNumber;
  }
}

function dwelling({ random, regionCodes }: Maker): Pick<Draft, 'householdRegionCode' | 'address'> {
  const householdRegionCode = random.pick(regionCodes);
  const house = `${random.int(1, 188)}号${random.int(1, 6)}单元${random.int(1, 12)}0${random.int(1, 4)}室`;
  return { householdRegionCode, address: `${fullRegionName(householdRegionCode)}${random.pick(streets)}${house}` };
}

/** A birth date of someone who is between two ages (both included) today. */
function bornAgo({ random, today }: Maker, youngest: number, oldest: number): string {
  const monthDay = today.slice(4) === '-02-29' ? '-02-28' : today.slice(4);
  const latest = `${String(yearOf(today) - youngest).padStart(4, '0')}${monthDay}`;
  return addDays(latest, -random.int(0, 364 + 365 * Math.max(0, oldest - youngest)));
}
