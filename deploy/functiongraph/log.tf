# After each tick the function writes a line with one word for each thing that somebody must know.

locals {
  # An alarm looks at the time of five ticks.
  alarm_minutes = 5 * var.schedule_minutes

  alarms = {
    no-tick = {
      keyword     = "DCS_WATCH_TICK"
      condition   = "<"
      number      = 1
      description = "${local.alarm_minutes} minutes without a good tick: migrations are not watched. The log of the function says why."
    }
    blind = {
      keyword     = "DCS_WATCH_BLIND"
      condition   = ">="
      number      = 3
      description = "Nothing is seen of a project: all looks at its tasks fail. The log says which project and why."
    }
    channel-broken = {
      keyword     = "DCS_WATCH_CHANNEL_BROKEN"
      condition   = ">="
      number      = 1
      description = "A channel takes nothing until somebody mends it. The log says which and why."
    }
    dead-letters = {
      keyword     = "DCS_WATCH_DEAD_LETTERS"
      condition   = ">="
      number      = 1
      description = "An event will not be told to a channel. It is kept for 30 days; the log says which and why."
    }
  }
}

resource "huaweicloud_lts_group" "watch" {
  group_name  = var.name
  ttl_in_days = var.log_days
}

resource "huaweicloud_lts_stream" "watch" {
  group_id    = huaweicloud_lts_group.watch.id
  stream_name = var.name
}

resource "huaweicloud_lts_keywords_alarm_rule" "watch" {
  for_each = local.alarms

  name        = "${var.name}-${each.key}"
  description = each.value.description
  alarm_level = "CRITICAL"

  keywords_requests {
    keywords               = each.value.keyword
    condition              = each.value.condition
    number                 = each.value.number
    log_group_id           = huaweicloud_lts_group.watch.id
    log_stream_id          = huaweicloud_lts_stream.watch.id
    search_time_range_unit = "minute"
    search_time_range      = local.alarm_minutes
  }

  frequency {
    type            = "FIXED_RATE"
    fixed_rate      = local.alarm_minutes
    fixed_rate_unit = "minute"
  }

  send_notifications          = var.alarm_topic != null
  send_recovery_notifications = var.alarm_topic != null

  dynamic "notification_save_rule" {
    for_each = var.alarm_topic == null ? [] : [var.alarm_topic]

    content {
      template_name = notification_save_rule.value.template
      user_name     = notification_save_rule.value.user_name
      language      = notification_save_rule.value.language

      topics {
        name      = notification_save_rule.value.name
        topic_urn = notification_save_rule.value.urn
      }
    }
  }
}
