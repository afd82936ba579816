package notify_test

import (
	"strings"
	"testing"

	"snapshotter/notify"
)

// Tokens of the form that each service gives out, none of them real.
const (
	slackHook    = "slack://hook:T0AAAAAAA-B0BBBBBBB-CCCCCCCCCCCCCCCCCCCCCCCC@webhook"
	slackBot     = "slack://xoxb:123456789012-1234567890123-4mt0t4l1YL3g1T5L4cK70k3N@C024BE91L"
	discordHook  = "discord://disc0rd-T0ken_x@123456789012345678"
	teamsHook    = "teams://11111111-4444-4444-8444-cccccccccccc@22222222-4444-4444-8444-cccccccccccc/33333333012222222222333333333344/44444444-4444-4444-8444-cccccccccccc/V2ESyij_gAljSoUQHvZoZYzlpAoAXExyOl26dlf1xHEx05?host=contoso.webhook.office.com"
	teamsFlow    = "teams+https://prod-12.westeurope.logic.azure.com:443/workflows/0f9e8d7c/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sig=s1gN4tuRe-x"
	telegramBot  = "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@bedrock,-1001234567890:42"
	ntfyTopic    = "ntfy://ntfy.sh/s3cretTopic"
	genericPlain = "generic://hooks.example.com/in/s3cretPath?key=s3cretKey"
	genericJSON  = "generic://hooks.example.com/in/s3cretPath?template=json&@Authorization=Bearer+s3cretBearer&$source=bedrock&messagekey=text"
)

// Each service gets exactly this, of a plain message and of one whose names try
// to be more than names.
func TestPayloads(t *testing.T) {
	for _, c := range []struct{ name, url string }{
		{"slack-webhook", slackHook},
		{"slack-webhook-legacy", "slack://robot@T0AAAAAAA/B0BBBBBBB/CCCCCCCCCCCCCCCCCCCCCCCC?icon=bell&color=%2300ff00"},
		{"slack-bot", slackBot + "?botname=Bedrock&icon=https://example.com/i.png&thread_ts=1503435956.000247"},
		{"discord", discordHook},
		{"discord-options", discordHook + "?username=Bedrock&avatar=https://example.com/i.png&colorError=0x010203&colorWarn=0x040506&thread_id=77"},
		{"teams", teamsHook},
		{"teams-workflow", teamsFlow},
		{"telegram", telegramBot},
		{"telegram-quiet", "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=7&preview=no&notification=no&parsemode=HTML"},
		{"ntfy", ntfyTopic},
		{"ntfy-options", "ntfy://alice:s3cretPass@ntfy.example.com:8443/topic?priority=max&tags=bedrock,robot&icon=https://example.com/i.png&cache=no&firebase=no&scheme=http&actions=view,+Open,+https://example.com&delay=30min&email=a@example.com"},
		{"generic", genericPlain},
		{"generic-json", genericJSON},
		{"generic-put", "generic://hooks.example.com/in?method=put&disabletls=yes&template=JSON&contenttype=application/vnd.x%2Bjson&titlekey=subject&@acceptLanguage=en"},
		{"generic-shortcut", "generic+http://hooks.example.com/in?template=json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all strings.Builder
			for _, message := range []notify.Message{plain(), hostile(), notify.Compose("Bedrock changes 2026-09-23: none", nil, "")} {
				receiver := receive(t, nil)
				deliveries := receiver.sender().Send(t.Context(), []notify.Channel{parse(t, c.url)}, message, nil)
				if len(deliveries) != 1 || deliveries[0].Outcome != notify.Delivered || deliveries[0].Tries != 1 || deliveries[0].Reason != "" {
					t.Errorf("deliveries = %+v", deliveries)
				}
				for _, r := range receiver.requests() {
					all.WriteString(r.String() + "\n")
				}
			}
			golden(t, "payload/"+c.name+".txt", all.String())
		})
	}
}
