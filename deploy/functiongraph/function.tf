resource "huaweicloud_fgs_function" "watch" {
  name                  = var.name
  description           = "Watches DCS migration tasks and tells chats and webhooks what changed"
  app                   = local.application
  functiongraph_version = "v2"
  runtime               = var.runtime

  code_type     = "zip"
  code_filename = basename(var.package)
  func_code     = filebase64(var.package)

  handler             = "index.handler"
  initializer_handler = "index.initializer"
  initializer_timeout = 30
  memory_size         = var.memory_size
  timeout             = var.timeout
  # A long tick and the next one may overlap: the state keeps them from telling anything twice. Each run of a project
  # of its own takes an instance.
  max_instance_num = tostring(var.max_instances)

  agency     = huaweicloud_identity_agency.watch.name
  vpc_id     = local.vpc_id
  network_id = local.subnet_id

  user_data = jsonencode(merge(
    # With it, the function starts runs of itself.
    var.run_per_project ? { HUAWEICLOUD_SDK_REGION = var.region } : {},
    var.redis_ca == null ? {} : { STATE_REDIS_CA = var.redis_ca },
    var.variables,
    { SCHEDULE_MINUTES = tostring(var.schedule_minutes) },
  ))
  encrypted_user_data = jsonencode(merge(var.encrypted_variables, { STATE_REDIS_URL = local.redis_url }))

  enable_lts_log  = true
  log_group_id    = huaweicloud_lts_group.watch.id
  log_group_name  = huaweicloud_lts_group.watch.group_name
  log_stream_id   = huaweicloud_lts_stream.watch.id
  log_stream_name = huaweicloud_lts_stream.watch.stream_name

  depends_on = [huaweicloud_nat_snat_rule.watch]

  lifecycle {
    precondition {
      condition     = (var.vpc_id == null) == (var.subnet_id == null)
      error_message = "Set vpc_id and subnet_id, or neither."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "schedule" {
  function_urn = huaweicloud_fgs_function.watch.urn
  type         = "TIMER"
  status       = "ACTIVE"

  event_data = jsonencode({
    name          = var.schedule_minutes == 1 ? "every-minute" : "every-${var.schedule_minutes}-minutes"
    schedule_type = "Rate"
    schedule      = "${var.schedule_minutes}m"
    user_event    = "tick"
  })

  # The platform would repeat ticks that fail before it is told not to.
  depends_on = [huaweicloud_fgs_async_invoke_configuration.watch]
}

moved {
  from = huaweicloud_fgs_function_trigger.every_minute
  to   = huaweicloud_fgs_function_trigger.schedule
}

# A tick that failed is not repeated: the next one sees everything that it would have seen.
resource "huaweicloud_fgs_async_invoke_configuration" "watch" {
  function_urn                   = huaweicloud_fgs_function.watch.urn
  max_async_retry_attempts       = 0
  max_async_event_age_in_seconds = 60
}
