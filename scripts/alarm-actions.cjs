/** For serverless.yml: the receivers of alarms. Without a topic of the user alarms only show. */
const topic = process.env.ALARM_TOPIC_ARN ?? '';

if (topic !== '' && !/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(topic)) {
  const message = 'ALARM_TOPIC_ARN is not the ARN of an SNS topic (arn:aws:sns:region:account:name)';
  // The command would print the whole stack.
  throw Object.assign(new Error(message), { stack: message });
}

module.exports = topic === '' ? [] : [topic];
