#!/bin/sh
# Plain curl: with the placeholder, without any key, and streamed. One STATUS line each.
ask='{"model": "gpt-4o-mini", "stream": true, "messages": [{"role": "user", "content": "stream 3"}]}'
curl -sS -o /dev/null -w 'STATUS placeholder %{http_code}\n' -H "Authorization: Bearer $OPENAI_API_KEY" "$OPENAI_BASE_URL/models"
curl -sS -o /dev/null -w 'STATUS none %{http_code}\n' "$OPENAI_BASE_URL/models"
curl -sS -o /dev/null -w 'STATUS real %{http_code}\n' -H 'Authorization: Bearer sk-proj-somebody-pasted-a-real-looking-key-here' "$OPENAI_BASE_URL/models"
curl -sSN -H 'content-type: application/json' -d "$ask" "$OPENAI_BASE_URL/chat/completions" | grep -c '^data: {' | sed 's/^/STATUS chunks /'
echo DONE
