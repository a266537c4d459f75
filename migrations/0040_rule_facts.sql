-- Rules that no fact started: two have their facts, three say why they are only asked for (domain §8). No clock ever ran by any of them.
update deadline_rules set start_facts = '{case.documents_requested}', stop_facts = '{case.documents_requested}'
  where code = 'D-SUPP' and start_facts = '{}';
update deadline_rules set start_facts = '{visit.done}', stop_facts = '{visit.planned,visit.done,account.closed,case.revoked}'
  where code = 'D-VISIT-NEXT' and start_facts = '{}';
update deadline_rules set basis = v.basis
from (values
  ('D-PLC', 'Provincial practice [S S25]; asked for only: the committee is no agency of this service, no fact tells when it has a case'),
  ('D-ADV', '2016 rules: immediately [V S3]; number [A]; asked for only: the chief approves without a request, so no fact starts it'),
  ('D-MEET', '每月会商 [S S11]; asked for only: no fact tells of a consultation; the next action of an escalated account counts by it')
) as v (code, basis)
where deadline_rules.code = v.code and edition = '2026-11';
