// The identity rules of a submitted subject: what is refused, and the normal form of what is kept.
import { describe, expect, test } from '@jest/globals';
import { completeCitizenId } from '../../src/kernel/citizen-id.ts';
import { checkSubject, type SubjectInput } from '../../src/persons/domain.ts';

const TODAY = '2026-11-23';
const WOMAN = '210102198503154321';
const codes = (input: SubjectInput) =>
  checkSubject(input, '/subjects/0', TODAY).errors.map(({ pointer, code }) => `${pointer} ${code}`);
const subject = (input: SubjectInput) => checkSubject(input, '/subjects/0', TODAY).subject;

describe('name', () => {
  test.each<[string, SubjectInput, string[]]>([
    ['given', { name: '李秀兰' }, []],
    ['unknown', { nameUnknown: true }, []],
    ['neither', {}, ['/subjects/0/name name.missing']],
    ['blank', { name: '  ' }, ['/subjects/0/name name.missing']],
    ['neither, said so', { nameUnknown: false }, ['/subjects/0/name name.missing']],
    ['both', { name: '李秀兰', nameUnknown: true }, ['/subjects/0/nameUnknown name.contradiction']],
  ])('%s', (_name, input, errors) => expect(codes(input)).toEqual(errors));

  test('is kept composed and trimmed, null when unknown', () => {
    expect(subject({ name: ' José ' }).name).toBe('José');
    expect(subject({ nameUnknown: true }).name).toBeNull();
  });
});

describe('identity number', () => {
  const person = (over: SubjectInput): SubjectInput => ({ name: '李秀兰', idType: 'citizen_id', ...over });

  test.each<[string, SubjectInput, string[]]>([
    ['a wrong check character', { idNumber: '210102198503154322' }, ['/subjects/0/idNumber id_number.checksum']],
    ['a wrong shape', { idNumber: '21010219850315432' }, ['/subjects/0/idNumber id_number.format']],
    [
      'a day that never was',
      { idNumber: completeCitizenId('21010219850230432') },
      ['/subjects/0/idNumber id_number.birth_date'],
    ],
    [
      'another birth date',
      { idNumber: WOMAN, birthDate: '1985-03-16' },
      ['/subjects/0/birthDate birth_date.contradicts_id'],
    ],
    ['another sex', { idNumber: WOMAN, sex: 'male' }, ['/subjects/0/sex sex.contradicts_id']],
    ['a number without a type', { idNumber: WOMAN, idType: 'none' }, ['/subjects/0/idType id_type.missing']],
    ['everything agrees', { idNumber: WOMAN, sex: 'female', birthDate: '1985-03-15' }, []],
    ['sex unknown', { idNumber: WOMAN, sex: 'unknown' }, []],
    ['a type without a number', {}, []],
  ])('%s', (_name, over, errors) => expect(codes(person(over))).toEqual(errors));

  test('gives sex and birth date, and is kept in one form', () => {
    const kept = subject({ name: '李秀兰', idNumber: ' ２１０１０２１９８５０３１５４３２１ ' });
    expect(kept).toMatchObject({ idType: 'citizen_id', idNumber: WOMAN, sex: 'female', birthDate: '1985-03-15' });
  });

  test('of another document is not checked, a blank one is none', () => {
    expect(codes({ name: 'Anna', idType: 'passport', idNumber: 'e1234567' })).toEqual([]);
    expect(subject({ name: 'Anna', idType: 'passport', idNumber: ' e1234567' }).idNumber).toBe('E1234567');
    expect(subject({ name: 'Anna', idNumber: '  ' })).toMatchObject({ idType: 'none', idNumber: null });
  });
});

describe('birth date', () => {
  test.each([
    ['2026-11-23', []],
    ['2026-11-24', ['/subjects/0/birthDate birth_date.invalid']],
    ['2025-02-29', ['/subjects/0/birthDate birth_date.invalid']],
  ])('%s', (birthDate, errors) => expect(codes({ name: '小宝', birthDate })).toEqual(errors));
});

test('every broken rule is told at once', () => {
  expect(codes({ idType: 'citizen_id', idNumber: '1', birthDate: '2030-01-01' })).toEqual([
    '/subjects/0/name name.missing',
    '/subjects/0/birthDate birth_date.invalid',
    '/subjects/0/idNumber id_number.format',
  ]);
});

test('contact and categories in normal form; what is not given is null', () => {
  const kept = subject({
    name: '王芳',
    phone: '+86 138-1234-5678',
    address: ' 样例路1号 ',
    categories: ['W2', 'C1', 'W2'],
  });
  expect(kept).toEqual({
    name: '王芳',
    sex: 'unknown',
    birthDate: null,
    idType: 'none',
    idNumber: null,
    phone: '13812345678',
    address: '样例路1号',
    householdRegionCode: null,
    categories: ['C1', 'W2'],
    relationToCase: null,
    guardian: null,
  });
  expect(subject({ name: '王芳', phone: ' 村委会转 ' }).phone).toBe('村委会转');
});
