"""Transaction Search: an account's switch that has X-Ray keep what it is sent as logs.

Once it is on, all that arrives (segments by PutTraceSegments as well) is kept in CloudWatch Logs
instead of X-Ray. BatchGetTraces and GetTraceGraph know nothing of it, StartTraceRetrieval fetches
it; GetTraceSummaries finds the share that the indexing rule names, at first one trace in a hundred.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Enable-TransactionSearch.html
and botocore's model of X-Ray.
"""
