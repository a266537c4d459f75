// Invented people for one run of the demo: valid ids, telephones that nobody holds, other people in every run.
import { completeCitizenId } from '../kernel/citizen-id.ts';
import { addDays, ageOn, yearOf } from '../kernel/civil-date.ts';
import { seededRandom } from '../kernel/random.ts';
import type { Json } from './client.ts';

type Wanted = { name: string; sex: 'female' | 'male'; age: number; categories: string[]; relation: string };

const WANTED: Readonly<Record<string, Wanted>> = {
  mother: { name: '李秀兰', sex: 'female', age: 38, categories: ['W3', 'H1'], relation: 'spouse' },
  child: { name: '王小禾', sex: 'female', age: 9, categories: ['C3', 'H1'], relation: 'child' },
  returned: { name: '周桂芝', sex: 'female', age: 62, categories: ['W5'], relation: 'self' },
  rerouted: { name: '陈雪', sex: 'female', age: 29, categories: ['W2'], relation: 'self' },
  routed: { name: '赵玉兰', sex: 'female', age: 45, categories: ['W4'], relation: 'self' },
  refused: { name: '徐静', sex: 'female', age: 34, categories: ['W7'], relation: 'self' },
  advanced: { name: '何春梅', sex: 'female', age: 47, categories: ['W4'], relation: 'self' },
  joint: { name: '高凤英', sex: 'female', age: 52, categories: ['W3'], relation: 'self' },
  ward: { name: '郑小满', sex: 'female', age: 12, categories: ['C3'], relation: 'child' },
  withdrawn: { name: '孙丽', sex: 'female', age: 41, categories: ['W6'], relation: 'self' },
};

/** The same seed gives the same people; `mother` and `child` live together, the child is called through her guardian. */
export function demoPeople(seed: number, today: string): (name: string) => Json {
  const random = seededRandom(seed);
  const made = new Map(
    Object.entries(WANTED).map(([key, { name, sex, age, categories, relation }]) => {
      const birthday = `${yearOf(today) - age - 1}-01-01`;
      const birthDate = addDays(birthday, random.int(0, 363));
      const serial = String(random.int(0, 499) * 2 + (sex === 'male' ? 1 : 0)).padStart(3, '0');
      const minor = ageOn(birthDate, today) < 18;
      const person: Json = {
        ...{ name, sex, idType: 'citizen_id', categories, relationToCase: relation },
        idNumber: completeCitizenId(`210102${birthDate.replaceAll('-', '')}${serial}`),
        // 154 is issued to no operator: the right form, and it rings nowhere.
        ...(minor ? {} : { phone: `154${String(random.int(0, 99_999_999)).padStart(8, '0')}` }),
        address: '沈阳市和平区样例街道演示路8号',
        householdRegionCode: '210102',
        ...(minor ? { guardian: { name: '李秀兰', relation: '母亲' } } : {}),
      };
      return [key, person] as const;
    }),
  );
  return (name) => made.get(name) ?? {};
}
