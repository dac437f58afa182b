output "function_name" {
  value = aws_cloudformation_stack.watch.outputs["FunctionName"]
}

output "state_table_name" {
  value = aws_cloudformation_stack.watch.outputs["StateTableName"]
}

output "log_group_name" {
  value = aws_cloudformation_stack.watch.outputs["LogGroupName"]
}
