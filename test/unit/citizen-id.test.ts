// Citizen ids against the public and computed vectors of GB 11643 (domain §10.2, features §5).
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { completeCitizenId, normaliseIdNumber, parseCitizenId } from '../../src/kernel/citizen-id.ts';

const TODAY = '2026-11-23';

describe('parseCitizenId', () => {
  test.each([
    ['11010519491231002X', '110105', '1949-12-31', 'female'],
    ['440524188001010014', '440524', '1880-01-01', 'male'],
    ['34052419800101001X', '340524', '1980-01-01', 'male'],
    ['11010219840406970X', '110102', '1984-04-06', 'female'],
    ['210102198503154321', '210102', '1985-03-15', 'female'],
    ['210502201204010025', '210502', '2012-04-01', 'female'],
    ['210211199001011028', '210211', '1990-01-01', 'female'],
  ])('reads %s', (idNumber, regionCode, birthDate, sex) => {
    expect(parseCitizenId(idNumber, TODAY)).toEqual({ ok: true, idNumber, regionCode, birthDate, sex });
  });

  test.each(['11010219840506970X', '440524189001010014', '11020519491231002X'])(
    'refuses the check character of %s',
    (id) => {
      expect(parseCitizenId(id, TODAY)).toEqual({ ok: false, reason: 'checksum' });
    },
  );

  test.each([
    '',
    '21010219850315432',
    '2101021985031543211',
    '01010219850315432X',
    '2101021985031543Z1',
    '110105491231002',
  ])('refuses the form of "%s"', (id) => expect(parseCitizenId(id, TODAY)).toEqual({ ok: false, reason: 'format' }));

  test.each(['21010220230229001', '21010219851301001', '21010219850431001', '21010200000101001'])(
    'refuses the birth date of %s',
    (first17) => expect(parseCitizenId(completeCitizenId(first17), TODAY)).toEqual({ ok: false, reason: 'birth_date' }),
  );

  test('nobody is born after today, somebody may be today', () => {
    const newborn = completeCitizenId('21010220261123001');
    expect(parseCitizenId(newborn, TODAY).ok).toBe(true);
    expect(parseCitizenId(newborn, '2026-11-22')).toEqual({ ok: false, reason: 'birth_date' });
  });

  test('abolished region codes stay valid (辽中县 210122)', () => {
    expect(parseCitizenId(completeCitizenId('21012219700101001'), TODAY)).toMatchObject({
      ok: true,
      regionCode: '210122',
    });
  });

  test('full-width digits, blanks and a small x are one number', () => {
    expect(normaliseIdNumber(' １１０１０５１９４９１２３１００２ｘ　')).toBe('11010519491231002X');
    expect(parseCitizenId('11010519491231002x', TODAY)).toMatchObject({ ok: true, idNumber: '11010519491231002X' });
  });
});

test('every change of one digit is caught', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999 }), fc.nat(16), fc.integer({ min: 1, max: 9 }), (sequence, at, shift) => {
      const id = completeCitizenId(`21010219850315${String(sequence).padStart(3, '0')}`);
      const changed = id.slice(0, at) + ((Number(id[at]) + shift) % 10) + id.slice(at + 1);
      expect(parseCitizenId(changed, TODAY).ok).toBe(false);
    }),
  );
});

test('completion wants 17 digits', () => {
  expect(() => completeCitizenId('123')).toThrow(RangeError);
});
