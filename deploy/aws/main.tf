# The stack of template.yaml, so that both ways deploy the same. No secret passes through Terraform's state: the
# configuration names parameters, and who stores those is up to you.

resource "aws_s3_object" "code" {
  bucket = var.code_bucket
  # A new zip has a new key: CloudFormation sees a change by that.
  key    = "${var.name}/${filesha256(var.zip)}.zip"
  source = var.zip

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ssm_parameter" "config" {
  count = var.config == null ? 0 : 1

  name        = var.config_parameter
  description = "The configuration of ${var.name}"
  type        = "String"
  # Up to 4 kB are free, up to 8 kB cost; what is longer belongs into the zip.
  tier  = "Intelligent-Tiering"
  value = var.config
}

resource "aws_cloudformation_stack" "watch" {
  name          = var.name
  template_body = file("${path.module}/template.yaml")
  capabilities  = ["CAPABILITY_IAM"]

  parameters = {
    CodeBucket       = aws_s3_object.code.bucket
    CodeKey          = aws_s3_object.code.key
    ConfigParameter  = var.config_parameter
    SecretPath       = var.secret_path
    SecretArns       = join(",", var.secret_arns)
    EventBusArns     = join(",", var.event_bus_arns)
    AlarmTopicArn    = var.alarm_topic_arn
    AlarmEmail       = var.alarm_email
    ScheduleMinutes  = var.schedule_minutes
    MemorySize       = var.memory_size
    LogRetentionDays = var.log_retention_days
  }

  depends_on = [aws_ssm_parameter.config]
}
