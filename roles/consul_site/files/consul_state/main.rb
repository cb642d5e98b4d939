# frozen_string_literal: true

# Makes what Consul contains match a document, and says what it changed.
#
# In: JSON on standard input, {"check": bool, "fingerprint": "...", "tenant": "",
# "confirmed": bool, "override": reason, "by_clock": bool, "enforce": [key],
# "administrator_password": "...", "settings": {key => value},
# "objects": [{"key", "kind", "identity", "parent", "fields"}], "files": {checksum => {...}}}.
# Out: one line on standard output that starts with DDCONSUL and goes on with
# JSON, {"changes": [{"object", "field", "old", "new", "kind"}], "warnings":
# [{"object", "text"}]} or {"error", "object", "field"}.

require "json"
%w[
  decision refusal remembered memory files open_processes contributions report settings kind
].each { |part| require_relative part }
%w[rows crowd deeds examples example_choices example_texts].each { |part| require_relative part }
%w[pictured districted categorised].each { |part| require_relative "kinds/#{part}" }
%w[
  account page content_block card banner text image feed district category
  poll question option budget phase group heading
  process draft process_question process_option milestone document debate census example
].each { |kind| require_relative "kinds/#{kind}" }
require_relative "freeze"
require_relative "fields"
require_relative "succession"
require_relative "objects"
require_relative "wholes"
require_relative "departures"
require_relative "apply"

answer =
  begin
    DDConsul::Apply.new(JSON.parse($stdin.read)).call
  rescue DDConsul::Refusal => e
    { error: e.message, object: e.object, field: e.field }
  rescue StandardError => e
    { error: "#{e.class}: #{e.message}", object: nil, field: nil }
  end
puts "DDCONSUL #{JSON.generate(answer)}"
