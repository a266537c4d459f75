#!/bin/sh
# The whole thread with curl against a running sandbox (npm start): clue, case, decision, payment, referral, visit, account.
set -eu
base=${1:-http://127.0.0.1:3000}

token() { curl -sf "$base/v1/sandbox/tokens" -H 'content-type: application/json' -d "{\"officer\":\"$1\"}" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'; }

# as <officer> <method> <path> [body]: sends a fresh Idempotency-Key and, for a decision, the ETag last seen.
as() {
  t=$(token "$1")
  etag=$(curl -s -o /dev/null -D - "$base${3%/*}" -H "authorization: Bearer $t" | tr -d '\r' | sed -n 's/^etag: //p')
  curl -sS --fail-with-body -X "$2" "$base$3" -H "authorization: Bearer $t" -H "idempotency-key: walk-$$-$(date +%s%N)" \
    ${etag:+-H} ${etag:+"if-match: $etag"} ${4:+-H} ${4:+'content-type: application/json'} ${4:+-d} ${4:+"$4"}
}
id() { sed 's/^{"id":"\([^"]*\)".*/\1/'; }
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
agency() { as "$1" GET /v1/me | sed 's/.*"agency":{"id":"\([^"]*\)".*/\1/'; }
say() { printf '%-52s %s\n' "$1" "$2"; }

clue=$(as wf.heping POST /v1/clues '{"source":"wf_visit","regionCode":"210102","facts":"丈夫故意伤害致其重伤","hardship":"独自抚养子女，医疗费欠款",
  "linkedCase":{"type":"criminal","number":"沈和检刑诉〔2026〕118号","handlingOrgan":"沈阳市和平区人民检察院"},
  "subjects":[{"name":"李秀兰","idType":"citizen_id","idNumber":"210102198503154321","phone":"13812345678","relationToCase":"self"}]}' | id)
say 'wf.heping transfers a clue' "$clue"

handler=$(as handler.heping GET /v1/me | sed 's/.*"officer":{"id":"\([^"]*\)".*/\1/')
case=$(as head.heping POST "/v1/clues/$clue/acceptance" "{\"opinion\":\"符合受理条件\",\"handlerOfficerId\":\"$handler\"}" | field assistanceCaseId)
say 'head.heping accepts it and names the handler' "$case"

person=$(as handler.heping GET "/v1/assistance-cases/$case" | sed 's/.*"beneficiaries":\[{"id":"\([^"]*\)".*/\1/')
as handler.heping POST "/v1/assistance-cases/$case/proposal" "{\"eligibilityCode\":\"E1\",\"exclusions\":[],\"opinion\":\"建议救助\",
  \"awards\":[{\"beneficiaryId\":\"$person\",\"amount\":{\"amount\":\"20000.00\",\"currency\":\"CNY\"}}]}" > /dev/null
number=$(as chief.heping POST "/v1/assistance-cases/$case/approval" '{"outcome":"granted","opinion":"同意"}' | sed 's/.*"decision":{"number":"\([^"]*\)".*/\1/')
say 'handler.heping proposes, chief.heping grants' "$number"

line=$(as handler.heping POST "/v1/assistance-cases/$case/disbursements" "{\"beneficiaryId\":\"$person\",\"amount\":{\"amount\":\"20000.00\",\"currency\":\"CNY\"},
  \"kind\":\"lump\",\"payee\":{\"type\":\"self\",\"name\":\"李秀兰\",\"bankName\":\"样例银行\",\"accountNumber\":\"6222000012345678\"},\"requestNumber\":\"walk-$$-$(date +%s)\"}" | id)
as head.heping POST "/v1/disbursements/$line/authorisation" '{}' > /dev/null
as finance.heping POST "/v1/disbursements/$line/submission" '{}' > /dev/null
state=$(as finance.heping POST "/v1/disbursements/$line/settlement" "{\"paidOn\":\"$(TZ=Asia/Shanghai date +%F)\",\"bankReference\":\"BK-$$\"}" | field state)
say 'planned, authorised, submitted: three people' "$state"

referral=$(as handler.heping POST "/v1/assistance-cases/$case/referrals" "{\"agencyId\":\"$(agency civil.heping)\",\"beneficiaryIds\":[\"$person\"],
  \"measures\":[\"MCA3\"],\"proposal\":\"建议给予临时救助\",\"legalBasis\":\"statutory_duty\"}" | id)
state=$(as civil.heping POST "/v1/referrals/$referral/acceptance" '{}' | field state)
say 'civil.heping takes the referral' "$state"

visits=$(as wf.heping GET "/v1/visits?assistanceCaseId=$case")
say 'a visit was planned by itself' "$(printf %s "$visits" | field plannedOn)"
account=$(as wf.heping GET '/v1/monitoring-accounts?limit=1' | sed 's/.*"items":\[{"id":"\([^"]*\)".*/\1/')
say 'the account both sides keep' "$(as wf.heping GET "/v1/monitoring-accounts/$account" | sed 's/.*"nextAction":\({[^}]*}\).*/next action \1/')"
year=$(date +%Y)
say 'the figures' "$(as head.heping GET "/v1/statistics/summary?from=$year-01-01&to=$year-12-31" | sed 's/.*\("cases":[0-9]*,"persons":[0-9]*,"amount":{"amount":"[0-9.]*"\).*/\1/' | head -c 120)"
